/** The whole server on one port: app, API, blobs and websockets over one data folder. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { join } from "node:path";
import { CLOSE } from "../lib/sync/wire.ts";
import { openAccess } from "./access.ts";
import { type Api, serveApi } from "./api.ts";
import { type ServeApp, serveApp } from "./appFiles.ts";
import { openBlobs } from "./blobs.ts";
import type { Certificates } from "./certificates.ts";
import { type Limits, limits } from "./limits.ts";
import { listen } from "./listen.ts";
import type { Log } from "./log.ts";
import { createMeter } from "./meter.ts";
import { pageHeaders } from "./pagePolicy.ts";
import { rateLimit } from "./rateLimit.ts";
import { openRooms } from "./rooms.ts";
import type { Settings } from "./settings.ts";
import { acceptSockets } from "./sockets.ts";
import { StartProblem, prepareFolder } from "./startProblem.ts";
import type { Store } from "./stores/store.ts";

export interface RunningServer {
  readonly port: number;
  /** Flushes, tells clients to come back, and closes. */
  close(): Promise<void>;
}

export interface ServerParts {
  /** Where the built app is. */
  readonly appFolder: string;
  readonly openStore: (path: string) => Store | Promise<Store>;
  readonly log: Log;
  /** Other numbers than those of limits.ts, for tests. */
  readonly limits?: Partial<Limits>;
}

/** Throws a StartProblem where the server cannot start for a reason that a person can act on. */
export async function startServer(settings: Settings, parts: ServerParts): Promise<RunningServer> {
  await prepareFolder(settings.data);
  const opened = await openStore(parts, join(settings.data, "ensemble.sqlite"));
  const numbers: Limits = { ...limits, ...parts.limits };
  try {
    const certificates = settings.https ? await makeCertificates(settings.data) : undefined;
    const meter = createMeter({ rooms: () => rooms.count, sockets: () => sockets.count });
    const store = meter.timed(opened);
    const access = await openAccess(store);
    const rooms = openRooms(store, numbers.idleRoomMs, numbers.roomBytes);
    const api = serveApi({
      access,
      rooms,
      blobs: await openBlobs(join(settings.data, "blobs")),
      meter,
      log: parts.log,
      requests: rateLimit(numbers.requestsPerMinute),
      registrations: rateLimit(numbers.registrationsPerMinute),
      registerToken: settings.registerToken,
    });
    const app = serveApp(parts.appFolder, await pageHeaders());
    const server = createListener(certificates, answerWith(api, app, certificates?.authority));
    const sockets = acceptSockets(server, access, rooms, meter, numbers);
    const port = await listen(server, settings);
    return {
      port,
      async close() {
        server.close();
        await sockets.close(CLOSE.goingAway, "going-away");
        await store.close();
        server.closeAllConnections();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openStore({ openStore }: ServerParts, path: string): Promise<Store> {
  try {
    return await openStore(path);
  } catch (error) {
    throw new StartProblem(error instanceof Error ? error.message : String(error));
  }
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

function answerWith(api: Api, app: ServeApp, authority: string | undefined): Answer {
  return (request, response) => {
    const path = decodedPath(request.url);
    if (path === undefined) {
      response.writeHead(400).end();
      return;
    }
    if (authority !== undefined && path === "/ca.crt") {
      response.writeHead(200, { "content-type": "application/x-x509-ca-cert" }).end(authority);
      return;
    }
    api(request, response, path)
      .then((answered) => (answered ? undefined : app(request, response, path)))
      .catch(() => void response.destroy());
  };
}

/** Loaded only where https is asked for: most starts need none of it. */
async function makeCertificates(data: string): Promise<Certificates> {
  const { openCertificates } = await import("./certificates.ts");
  return openCertificates(data);
}

function createListener(
  certificates: Certificates | undefined,
  answer: Answer,
): ReturnType<typeof createHttp> {
  const options = { maxHeaderSize: limits.headerBytes };
  if (!certificates) return createHttp(options, answer);
  return createHttps({ ...options, key: certificates.key, cert: certificates.cert }, answer);
}

function decodedPath(url: string | undefined): string | undefined {
  try {
    return decodeURIComponent(new URL(`http://localhost${url ?? "/"}`).pathname);
  } catch {
    return undefined;
  }
}

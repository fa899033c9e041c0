/** The whole server on one port: app, API, blobs and websockets over one data folder. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { join } from "node:path";
import { openAccess } from "./access.ts";
import { type Api, serveApi } from "./api.ts";
import { type ServeApp, serveApp } from "./appFiles.ts";
import { openAuditLog } from "./auditLog.ts";
import type { Bus } from "./bus/bus.ts";
import { localBus } from "./bus/local.ts";
import type { Certificates } from "./certificates.ts";
import { type OpenMarking, localMarking } from "./collection/marking.ts";
import { openGeneration } from "./generation.ts";
import { keepUp } from "./keepUp.ts";
import { type Limits, limits } from "./limits.ts";
import { listen } from "./listen.ts";
import { openIdentities } from "./identities.ts";
import type { Log } from "./log.ts";
import { Refusal, sendRefusal } from "./answers.ts";
import { countedLog } from "./countedLog.ts";
import { createMeter } from "./meter.ts";
import { openBlobs } from "./openBlobs.ts";
import { type OpenRequests, openRequests } from "./openRequests.ts";
import { pageHeaders } from "./pagePolicy.ts";
import { rateLimit } from "./rateLimit.ts";
import { hasSpace, openReadiness } from "./readiness.ts";
import { openRooms } from "./rooms.ts";
import type { Settings } from "./settings.ts";
import { acceptSockets } from "./sockets.ts";
import { knowVisitors } from "./visitors.ts";
import { StartProblem, prepareFolder } from "./startProblem.ts";
import { bytesOfStore } from "./storeFiles.ts";
import type { Store } from "./stores/store.ts";
import { countTraffic } from "./traffic.ts";
import { within } from "./within.ts";

export interface RunningServer {
  readonly port: number;
  /** Flushes, tells clients to come back, and closes. */
  close(): Promise<void>;
}

export interface ServerParts {
  /** Where the built app is. */
  readonly appFolder: string;
  readonly openStore: (path: string) => Store | Promise<Store>;
  /** Where there are other nodes: the way to them. */
  readonly openBus?: (store: Store) => Bus | Promise<Bus>;
  readonly log: Log;
  /** How documents are read for what they name; in this thread where it is left out. */
  readonly marking?: OpenMarking;
  /** Other numbers than those of limits.ts, for tests. */
  readonly limits?: Partial<Limits>;
}

/** Throws a StartProblem where the server cannot start for a reason that a person can act on. */
export async function startServer(settings: Settings, parts: ServerParts): Promise<RunningServer> {
  const { data } = settings;
  const { log } = parts;
  await prepareFolder(data);
  const path = join(data, "ensemble.sqlite");
  const opened = await openStore(parts, path);
  const numbers: Limits = { ...limits, ...parts.limits };
  let bus: Bus | undefined;
  try {
    bus = (await parts.openBus?.(opened)) ?? localBus();
    const nodes = bus;
    const certificates = settings.https ? await makeCertificates(settings.data) : undefined;
    const counted = countedLog(log, numbers.logMs);
    const meter = createMeter({
      rooms: () => rooms.count,
      sockets: () => sockets.count,
      members: () => sockets.members,
      stored: () => bytesOfStore(path),
      connected: () => nodes.connected,
      network: () => traffic.total(),
      log,
      counted,
      slowCommitMs: numbers.slowCommitMs,
    });
    const readiness = openReadiness(
      { store: () => opened.healthy(), disk: () => hasSpace(data, numbers.freeDiskBytes) },
      numbers.probeMs,
      // Without it edits cross through the database: no reason to send everybody away from every node at once.
      () => ({ bus: nodes.connected }),
    );
    const requests = openRequests();
    const store = meter.timed(opened);
    const access = await openAccess(store, nodes);
    const visitors = knowVisitors(settings);
    const audit = openAuditLog(store);
    const rooms = openRooms(store, nodes, numbers.idleRoomMs, numbers.roomBytes);
    const { marking = localMarking } = parts;
    const claim = (key: string, ms: number): Promise<boolean> => nodes.claim(key, ms);
    const held = await openBlobs(settings, numbers, { store, marking, claim, log, meter });
    const api = serveApi({
      access,
      audit,
      identities: openIdentities(store),
      visitors,
      rooms,
      blobs: held.blobs,
      meter,
      readiness,
      generation: await openGeneration(store),
      log,
      requests: rateLimit(numbers.requestsPerMinute),
      reports: rateLimit(numbers.reportsPerMinute),
      registrations: rateLimit(numbers.registrationsPerMinute),
      registerToken: settings.registerToken,
    });
    const app = serveApp(parts.appFolder, await pageHeaders());
    const answer = answerWith(requests, api, app, certificates?.authority);
    const server = createListener(certificates, answer, numbers);
    const traffic = countTraffic(server);
    const sockets = acceptSockets(server, access, rooms, meter, visitors, numbers);
    const stopLooking = keepUp(nodes, rooms, access);
    const port = await listen(server, settings);
    log.info({ port }, "started");
    return {
      port,
      async close() {
        log.info({ connections: sockets.count }, "stopping");
        stopLooking();
        readiness.stopping();
        requests.stop();
        // Until then it listens, so that whoever comes is told why rather than left without an answer.
        await Promise.all([sockets.close(), within(numbers.stopMs, requests.ended())]);
        server.close();
        server.closeAllConnections();
        await held.close();
        await nodes.close();
        await store.close();
        meter.close();
        counted.close();
        log.info("stopped");
      },
    };
  } catch (error) {
    await bus?.close();
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

/** What is answered to the last: how the server is. */
const ABOUT_ITSELF = new Set(["/healthz", "/readyz", "/metrics"]);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

function answerWith(
  requests: OpenRequests,
  api: Api,
  app: ServeApp,
  authority: string | undefined,
): Answer {
  return (request, response) => {
    const path = decodedPath(request.url);
    if (path === undefined) {
      response.writeHead(400).end();
      return;
    }
    if (!requests.take(response) && !ABOUT_ITSELF.has(path)) {
      response.setHeader("connection", "close");
      sendRefusal(request, response, new Refusal(503, "going-away"));
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
  { headerBytes, headersMs, requestMs, keepAliveMs }: Limits,
): ReturnType<typeof createHttp> {
  const options = {
    maxHeaderSize: headerBytes,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.min(2_000, headersMs),
  };
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

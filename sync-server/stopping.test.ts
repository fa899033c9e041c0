/** How the server ends: the real one, in a process of its own, told by a signal. */
import { createHash } from "node:crypto";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { type Place, signIn } from "../lib/platform/node/client.ts";
import type { FoundedWorkspace } from "../lib/testing/foundedWorkspace.ts";
import { type RawSocket, openRawSocket } from "./testing/rawSocket.ts";
import { until } from "./testing/testServer.ts";
import { type ServerProcess, startProcess } from "./torture/serverProcess.ts";
import { itemsOf, openWriter } from "./torture/writer.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: ServerProcess;
let place: FoundedWorkspace & Place;
let token: string;
beforeEach(async () => {
  server = await startProcess({ env: { ENSEMBLE_LOG_LEVEL: "info" } });
  place = await server.found();
  token = (await signIn(place, place.owner)).token;
});
afterEach(() => server.close());

const tell = (signal: NodeJS.Signals): void => void process.kill(server.pid, signal);
const messages = (): string[] =>
  server
    .said()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { msg: string }).msg);

const open = async (): Promise<RawSocket> => {
  const socket = openRawSocket(place, "index", token);
  await socket.opened;
  return socket;
};

describe.each(["SIGTERM", "SIGINT"] as const)("told by %s", (signal) => {
  it("keeps and acknowledges what it has taken, says that it is going, and ends without a fault", async () => {
    const writer = await openWriter(place, "index", token, "w");
    const reader = await open();
    for (let i = 0; i < 500; i++) writer.write();
    await until(() => writer.acknowledged() > 0);
    tell(signal);
    expect(await writer.socket.closed).toBe("1001 going-away");
    expect(await reader.closed).toBe("1001 going-away");
    await until(() => !server.runs());
    expect(server.exitCode()).toBe(0);
    expect(messages().filter((one) => one !== "refused")).toEqual([
      "started",
      "stopping",
      "stopped",
    ]);
    const acknowledged = writer.acknowledged();

    await server.start();
    const doc = new Y.Doc();
    const again = await open();
    again.step1(Uint8Array.of(0));
    await until(() => again.updates.length > 0);
    for (const update of again.updates) Y.applyUpdate(doc, update);
    const found = itemsOf(doc).toArray();
    const lost = Array.from({ length: acknowledged }, (_, edit) => edit).filter(
      (edit) => !writer.deletes(edit) && !writer.deletes(edit + 4) && !found.includes(`w-${edit}`),
    );
    expect(lost).toEqual([]);
    again.ws.close();
  });
});

describe("a server that is stopping", () => {
  /** A chunk of which half has been sent, and the rest when asked for. */
  const upload = (): { finish: () => void; status: Promise<number> } => {
    const bytes = Buffer.alloc(200_000, 5);
    const digest = createHash("sha256").update(bytes).digest("hex");
    const asked = request(`${place.origin}/w/${place.workspace}/blobs/${digest}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-length": bytes.length },
    });
    asked.write(bytes.subarray(0, 100_000));
    const status = new Promise<number>((resolve, reject) => {
      asked.on("response", (response) => resolve(response.statusCode ?? 0));
      asked.on("error", reject);
    });
    return { finish: () => void asked.end(bytes.subarray(100_000)), status };
  };
  const statusOf = async (path: string): Promise<number> =>
    (await fetch(`${place.origin}${path}`)).status;

  it("lets an upload end, says that it is not ready, and takes nothing new", async () => {
    const { finish, status } = upload();
    await until(
      async () => (await server.metric('ensemble_network_bytes_total{direction="in"}')) > 100_000,
    );
    tell("SIGTERM");
    await until(async () => (await statusOf("/readyz")) === 503);
    expect(await (await fetch(`${place.origin}/readyz`)).json()).toMatchObject({
      ready: false,
      running: false,
    });
    expect(await statusOf("/healthz")).toBe(200);
    const refused = await fetch(`${place.origin}/w/${place.workspace}/entries`);
    expect([refused.status, await refused.json()]).toEqual([503, { error: "going-away" }]);
    expect(await openRawSocket(place, "index", token).closed).toMatch(/^1006/);
    finish();
    expect(await status).toBe(204);
    await until(() => !server.runs());
    expect(server.exitCode()).toBe(0);
  });

  it("ends at once when it is told a second time", async () => {
    const { status } = upload();
    status.catch(() => undefined);
    await until(
      async () => (await server.metric('ensemble_network_bytes_total{direction="in"}')) > 100_000,
    );
    tell("SIGTERM");
    await until(() => messages().includes("stopping"));
    tell("SIGTERM");
    await until(() => !server.runs());
    expect(server.exitCode()).toBe(1);
  });
});

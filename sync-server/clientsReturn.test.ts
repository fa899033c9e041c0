/**
 * Everybody comes back by themselves after the server was started anew, and not all in one moment. More of them:
 * ENSEMBLE_CLIENTS=300 npx vitest run sync-server/clientsReturn
 */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { WorkspaceSession } from "../lib/workspace/session.ts";
import { type Clients, kindOf, openClients } from "./testing/clients.ts";

const MANY = Number(process.env["ENSEMBLE_CLIENTS"] ?? 12);

vi.setConfig({ testTimeout: 20_000 + 2_000 * MANY, hookTimeout: 20_000 + 200 * MANY });

let clients: Clients;
beforeEach(async () => {
  clients = await openClients({ limits: { requestsPerMinute: 100_000 } });
});
afterEach(() => clients.close());

const is = (session: WorkspaceSession, kind: "saved" | "offline"): Promise<number> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (kindOf(session) !== kind) return;
      stop();
      resolve(performance.now());
    };
    const stop = session.connection.subscribe(look);
    look();
  });

it(`brings ${MANY} clients back within seconds of a restart, one after another`, async () => {
  // Tabs of one browser: each has a connection of its own to every room, and finds back by itself.
  const { browser, id, session } = await clients.found();
  const sessions = [session];
  while (sessions.length < MANY) sessions.push(await (await browser.tab()).open(id));
  await Promise.all(sessions.map((session) => is(session, "saved")));
  await clients.server.stop();
  await Promise.all(sessions.map((session) => is(session, "offline")));
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // as long as a server takes to start
  await clients.server.start();
  const began = performance.now();
  const back = (await Promise.all(sessions.map((session) => is(session, "saved"))))
    .map((at) => at - began)
    .sort((a, b) => a - b);
  const last = back.at(-1) ?? NaN;
  console.log(
    `${MANY} clients are back: the first after ${Math.round(back[0] ?? NaN)} ms, half of them after ${Math.round(back[MANY >> 1] ?? NaN)} ms, the last after ${Math.round(last)} ms`,
  );
  expect(last).toBeLessThan(3_000 + 30 * MANY);
  expect(last - (back[0] ?? NaN)).toBeGreaterThan(200);
});

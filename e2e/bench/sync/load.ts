/**
 * Many clients who type at chance moments, so many letters a second in all, and how long each letter takes to the
 * other clients and, where the server says so, to be durable. All clients are in this process and go by one clock.
 */
import * as Y from "yjs";
import { Client, type ClientEvents, typeLetter } from "./client.ts";
import { type Running, roomOf } from "./servers.ts";

export interface Crowd {
  readonly clients: readonly Client[];
  /** Milliseconds from each send to each receipt by another client, since the last `type`. */
  readonly delays: readonly number[];
  /** Milliseconds from each send to the word that it is durable. */
  readonly acknowledged: readonly number[];
  /** Types for so long; resolves when all of it has arrived, and rejects where it does not. */
  type(perSecond: number, seconds: number): Promise<{ readonly sent: number }>;
  close(): void;
}

/** Letters that are on their way longer than this are lost, milliseconds. */
const LOST_AFTER = 60_000;

/** `perRoom` clients in each of so many rooms; each has typed so many `letters` before it connects. */
export async function openCrowd(
  server: Running,
  rooms: number,
  perRoom: number,
  letters = 0,
): Promise<Crowd> {
  const doors = await server.doors();
  const clients: Client[] = [];
  const sentAt = new Map<number, number[]>();
  let [delays, acknowledged]: [number[], number[]] = [[], []];

  const receive = (mine: readonly number[], update: Uint8Array): void => {
    const now = performance.now();
    for (const { id, length } of Y.decodeUpdate(update).structs) {
      const times = sentAt.get(id.client);
      if (!times || times === mine) continue; // the stock servers send everybody's own back, too
      for (let clock = id.clock; clock < id.clock + length; clock++) {
        const at = times[clock];
        if (at !== undefined) delays.push(now - at);
      }
    }
  };

  const open = async (room: string): Promise<void> => {
    const messages: number[] = [];
    let durable = 0;
    const times: number[] = [];
    const events: ClientEvents = {
      update: (update) => receive(times, update),
      sending: (before) => (messages[before] = times[times.length] = performance.now()),
      durable(count) {
        const now = performance.now();
        // The answer to the server's first question is a message, too, and nobody waits for it.
        for (; durable < count; durable++) {
          const at = messages[durable];
          if (at !== undefined) acknowledged.push(now - at);
        }
      },
    };
    const doc = new Y.Doc();
    for (let i = 0; i < letters; i++) typeLetter(doc);
    times.length = letters;
    sentAt.set(doc.clientID, times);
    const { client } = await Client.open(doors(room), room, server.dialect, events, doc);
    clients.push(client);
  };

  for (let room = 0; room < rooms; room++)
    await Promise.all(Array.from({ length: perRoom }, () => open(roomOf(room))));

  return {
    clients,
    get delays() {
      return delays;
    },
    get acknowledged() {
      return acknowledged;
    },
    async type(perSecond, seconds) {
      [delays, acknowledged] = [[], []];
      let [next, sent] = [performance.now(), 0];
      const stop = next + seconds * 1000;
      while (next < stop) {
        const now = Math.min(performance.now(), stop);
        for (; next < now; next += (2 * Math.random() * 1000) / perSecond) {
          clients[Math.floor(Math.random() * clients.length)]?.type();
          sent++;
        }
        await pause(1);
      }
      const expected = sent * (perRoom - 1);
      const end = performance.now() + LOST_AFTER;
      while (delays.length < expected) {
        if (performance.now() > end)
          throw new Error(`of ${expected} letters ${delays.length} arrived`);
        await pause(10);
      }
      return { sent };
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

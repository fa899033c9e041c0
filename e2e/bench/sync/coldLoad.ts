/**
 * Opening a room of 100,000 edits on a server that has just been started again: from the client's connecting to its
 * having the whole content. Twenty people wrote it one after another as people write: a run of letters, now and then a
 * few taken back, now and then the cursor set somewhere else.
 */
import type * as Y from "yjs";
import { described, reached, roundsOf, spread } from "../figures.ts";
import { Client } from "./client.ts";
import { pause } from "./load.ts";
import { type Running, ensemble, roomOf } from "./servers.ts";

const ROUNDS = roundsOf(7);
const PEOPLE = 20;
const EDITS_EACH = 5_000;

export async function measureColdLoad(): Promise<{ readonly ok: boolean; readonly found: object }> {
  const server = await ensemble.start();
  try {
    const room = roomOf(0);
    const written = await fill(server, room);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await server.restart();
      const door = (await server.doors())(room);
      const began = performance.now();
      const { client, content } = await Client.open(door, room, server.dialect);
      times.push(performance.now() - began);
      client.take(content);
      if (client.doc.getText("text").length !== written)
        throw new Error("the room came back with other content");
      client.close();
    }
    const load = spread(times);
    console.log(`  a room of ${PEOPLE * EDITS_EACH} edits after a restart: ${described(load)}`);
    return { ok: reached("cold load", load.median, 300, " ms"), found: load };
  } finally {
    await server.close();
  }
}

/** Writes the room; gives back the length of its text once all of it is durable. */
async function fill(server: Running, room: string): Promise<number> {
  const doors = await server.doors();
  let length = 0;
  for (let person = 0; person < PEOPLE; person++) {
    let durable = 0;
    const { client, content } = await Client.open(doors(room), room, server.dialect, {
      durable: (count) => (durable = count),
    });
    client.take(content);
    edit(client.doc.getText("text"), EDITS_EACH);
    while (durable < client.contentSent) await pause(10);
    length = client.doc.getText("text").length;
    client.close();
  }
  return length;
}

/** Letters before the cursor is set somewhere else, and how many are taken back at once: on average. */
const RUN = 40;
const TAKEN_BACK = 3;
/** The part of the edits that takes letters back. */
const CORRECTIONS = 0.1;

function edit(text: Y.Text, edits: number): void {
  let cursor = text.length;
  let back = 0;
  for (let i = 0; i < edits; i++) {
    if (Math.random() < 1 / RUN) cursor = Math.floor(Math.random() * (text.length + 1));
    if (back === 0 && Math.random() < CORRECTIONS / TAKEN_BACK) back = TAKEN_BACK;
    if (back > 0 && cursor > 0) {
      back--;
      text.delete(--cursor, 1);
    } else text.insert(cursor++, "abcdefgh ijklmn"[i % 15] ?? "x");
  }
}

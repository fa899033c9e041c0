/** Somebody in a room of their own who only wants to see letters arrive: how long each takes, in milliseconds. */
import * as Y from "yjs";
import type { RoomKey } from "../../lib/document/rooms.ts";
import type { Place } from "../../lib/platform/node/client.ts";
import { openRawSocket } from "../testing/rawSocket.ts";

export interface Probe {
  /** The times since it was asked last. */
  take(): number[];
  close(): void;
}

/** Sends a letter every `everyMs` and waits for it in a second socket. */
export async function openProbe(
  place: Place,
  room: RoomKey,
  token: string,
  everyMs: number,
): Promise<Probe> {
  const [from, to] = [openRawSocket(place, room, token), openRawSocket(place, room, token)];
  await Promise.all([from.opened, to.opened]);
  const doc = new Y.Doc();
  const text = doc.getText("t");
  const sentAt: number[] = [];
  let times: number[] = [];
  let arrived = 0;
  doc.on("update", (update: Uint8Array) => {
    sentAt.push(performance.now());
    from.update(update);
  });
  to.ws.on("message", () => {
    for (; arrived < to.updates.length; arrived++)
      times.push(performance.now() - (sentAt[arrived] ?? NaN));
  });
  const timer = setInterval(() => text.insert(text.length, "x"), everyMs);
  return {
    take() {
      // What has not come yet counts for as long as it is waited for already.
      const late = sentAt.slice(arrived).map((at) => performance.now() - at);
      const taken = [...times, ...late];
      times = [];
      return taken;
    },
    close() {
      clearInterval(timer);
      from.ws.terminate();
      to.ws.terminate();
    },
  };
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}

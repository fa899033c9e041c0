/**
 * Nodes that meet in Redis or Valkey. A room has a stream of what was committed to it, from which is read in
 * order, and a channel that says when there is something to read, and carries presence. A node listens to the
 * channels of the rooms that it has open, and to no others.
 */
import { createClient, RESP_TYPES } from "@redis/client";
import { randomBytes } from "node:crypto";
import type { WorkspaceId } from "../../lib/base/ids.ts";
import { isWorkspaceId } from "../../lib/document/rooms.ts";
import type { Bus, Committed, RoomListener } from "./bus.ts";
import { type BusMessage, decodeBusMessage, encodeBusMessage } from "./busMessage.ts";
import { localClaims } from "./claims.ts";

/** Updates that a stream keeps for those who are behind, and for how long: the rest is in the store. */
const STREAM_UPDATES = 1000;
const STREAM_MS = "600000";
/** An update larger than this, in bytes, is read from the store: the stream is in Redis' memory. */
const STREAM_UPDATE_BYTES = 64 * 1024;
/** Entries that are read of a room at once. */
const READ_COUNT = 256;
/** Redis is taken for away when it says nothing for so long, milliseconds. */
const SILENT_MS = 6000;
const BUFFERS = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } as const;

interface Line {
  readonly listener: RoomListener;
  readonly hear: (bytes: Buffer) => void;
  /** The stream's id up to which everything was read. */
  position: string;
  unsent: Committed[];
}

/** What XREAD answers: streams with their entries' ids and fields. */
type Read = [stream: Buffer, entries: [id: Buffer, fields: Buffer[]][]][];

/**
 * `name` is common to all nodes of one server and to nobody else. `told` is called when Redis cannot be
 * reached, and when it can be again. Does not wait for Redis: a node that starts without it serves.
 */
export function openRedisBus(url: string, name: string, told: (connected: boolean) => void): Bus {
  const node = randomBytes(9).toString("base64url");
  const lines = new Map<string, Line>();
  const hearing: ((workspace: WorkspaceId) => void)[] = [];
  const returned: (() => void)[] = [];
  const claimHere = localClaims();
  const wanted = new Set<string>();
  const unsent = new Set<string>();
  let [reading, connected, closed] = [false, false, false];
  let reported: boolean | undefined;
  let again: NodeJS.Timeout | undefined;

  const streamOf = (room: string): string => `${name}:stream:${room}`;
  const channelOf = (room: string): string => `${name}:room:${room}`;
  const memberships = `${name}:memberships`;

  const commands = createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    pingInterval: SILENT_MS / 3,
    socket: {
      connectTimeout: SILENT_MS,
      socketTimeout: SILENT_MS,
      reconnectStrategy: () => 100 + Math.random() * 400,
    },
  });
  const channels = commands.duplicate();

  const send = async <T>(...args: (string | Buffer)[]): Promise<T> =>
    await commands.sendCommand<T>(args, BUFFERS);
  const say = (room: string, message: BusMessage): void => {
    if (connected) drop(send("PUBLISH", channelOf(room), encodeBusMessage(node, message)));
  };

  /** Just before now, as streams count. */
  const now = async (): Promise<string> => {
    const [seconds, micros] = await send<[Buffer, Buffer]>("TIME");
    return `${Number(String(seconds)) * 1000 + Math.floor(Number(String(micros)) / 1000) - 1}-0`;
  };

  const subscribe = (room: string, line: Line): Promise<void> =>
    channels.subscribe(channelOf(room), line.hear, true);

  const hear = (room: string, line: Line, bytes: Buffer): void => {
    const message = decodeBusMessage(node, bytes);
    if (!message || lines.get(room) !== line) return;
    switch (message.kind) {
      case "stands":
        wanted.add(room);
        void read().then(() => line.listener.standsAt(message.seq));
        return;
      case "presence":
        line.listener.presence(message.member, message.update);
        return;
      case "ask":
        line.listener.asked();
        return;
      case "deleted":
        line.listener.deleted();
    }
  };

  const hearMembership = (message: string): void => {
    const [by, workspace = ""] = message.split(" ");
    if (by !== node && isWorkspaceId(workspace)) hearing.forEach((one) => one(workspace));
  };

  let readingNow: Promise<void> = Promise.resolve();
  /** Resolves when what is wanted now was read: with one question for all rooms of which there are news. */
  const read = (): Promise<void> => {
    if (!reading) {
      reading = true;
      readingNow = Promise.resolve()
        .then(readWanted)
        .catch(() => undefined)
        .finally(() => (reading = false));
      return readingNow;
    }
    return readingNow.then(() => (wanted.size > 0 ? read() : undefined));
  };

  const readWanted = async (): Promise<void> => {
    const rooms = [...wanted].filter((room) => lines.has(room));
    wanted.clear();
    if (rooms.length === 0) return;
    const streams = new Map(rooms.map((room) => [streamOf(room), room]));
    const from = rooms.map((room) => lines.get(room)?.position ?? "$");
    const count = String(READ_COUNT);
    const answer = await send<Read | null>(
      "XREAD",
      "COUNT",
      count,
      "STREAMS",
      ...streams.keys(),
      ...from,
    );
    for (const [stream, entries] of answer ?? []) {
      const room = streams.get(String(stream)) ?? "";
      const line = lines.get(room);
      if (!line) continue;
      line.position = String(entries.at(-1)?.[0] ?? line.position);
      const committed = entries.flatMap(([, fields]) => committedBy(fields, node) ?? []);
      if (committed.length > 0) line.listener.committed(committed);
      if (entries.length === READ_COUNT) wanted.add(room);
    }
    if (wanted.size > 0) await readWanted();
  };

  const flush = (): void => {
    for (const room of unsent) {
      const line = lines.get(room);
      const last = line?.unsent.at(-1);
      if (!line || !last) continue;
      const stream = streamOf(room);
      for (const { seq, update } of line.unsent)
        if (connected && update.length <= STREAM_UPDATE_BYTES)
          drop(
            send("XADD", stream, "MAXLEN", "~", String(STREAM_UPDATES), "*", "n", node, "s", String(seq), "u", Buffer.from(update)), // prettier-ignore
          );
      if (connected) drop(send("PEXPIRE", stream, STREAM_MS));
      say(room, { kind: "stands", seq: last.seq });
      line.unsent = [];
    }
    unsent.clear();
  };

  const report = (state: boolean): void => {
    if (state !== reported) told(state);
    reported = state;
  };

  const onReady = async (): Promise<void> => {
    if (closed || connected || !commands.isReady || !channels.isReady) return;
    connected = true;
    try {
      const position = await now();
      await Promise.all(
        [...lines].map(([room, line]) => {
          line.position = position;
          return subscribe(room, line);
        }),
      );
      await channels.subscribe(memberships, hearMembership);
    } catch {
      onLost();
      return;
    }
    report(true);
    returned.forEach((one) => one());
  };
  const onLost = (): void => {
    connected = false;
    if (closed) return;
    report(false);
    // Where the connection holds and only an answer was missing, nobody else says that it is back.
    clearTimeout(again);
    again = setTimeout(() => void onReady(), SILENT_MS / 10).unref();
  };
  for (const client of [commands, channels]) {
    client.on("ready", () => void onReady());
    client.on("error", onLost);
    client.on("reconnecting", onLost);
    client.connect().catch(onLost);
  }

  return {
    alone: false,
    get connected() {
      return connected;
    },
    async join(room, listener) {
      const line: Line = {
        listener,
        hear: (bytes) => hear(room, line, bytes),
        position: "$",
        unsent: [],
      };
      lines.set(room, line);
      if (connected) {
        const joined = Promise.all([now(), subscribe(room, line)]);
        await within(
          SILENT_MS,
          joined.then(([position]) => (line.position = position)),
        ).catch(onLost);
      }
      return {
        commit(committed) {
          line.unsent.push(committed);
          if (unsent.size === 0) setImmediate(flush);
          unsent.add(room);
        },
        presence: (member, update) => say(room, { kind: "presence", member, update }),
        ask: () => say(room, { kind: "ask" }),
        leave() {
          if (lines.get(room) !== line) return;
          flush();
          lines.delete(room);
          if (connected) drop(channels.unsubscribe(channelOf(room), line.hear, true));
        },
      };
    },
    tellDeleted(room) {
      say(room, { kind: "deleted" });
      if (connected) drop(send("DEL", streamOf(room)));
    },
    tellMembership(workspace) {
      if (connected) drop(send("PUBLISH", memberships, `${node} ${workspace}`));
    },
    onMembership: (listener) => void hearing.push(listener),
    onReturn: (listener) => void returned.push(listener),
    async claim(key, ms) {
      if (!claimHere(key, ms)) return false;
      if (!connected) return true;
      const asked = send<unknown>(
        "SET",
        `${name}:claim:${key}`,
        node,
        "NX",
        "PX",
        String(Math.ceil(ms)),
      );
      return within(SILENT_MS, asked).then(
        (answer) => answer !== null,
        () => true, // away: good for once on this node
      );
    },
    async close() {
      flush();
      closed = true;
      clearTimeout(again);
      for (const client of [commands, channels]) {
        if (client.isReady) await within(1000, client.close()).catch(() => undefined);
        if (client.isOpen) client.destroy();
      }
    },
  };
}

/** What another node committed; undefined where it is this node's own, or nothing that can be read. */
function committedBy(fields: readonly Buffer[], node: string): Committed | undefined {
  const [, by, , seq, , update] = fields;
  if (!update || String(by) === node) return undefined;
  return { seq: Number(String(seq)), update: Uint8Array.from(update) };
}

/** What is told to others may get lost: they find it in the store. */
function drop(sent: Promise<unknown>): void {
  sent.catch(() => undefined);
}

function within<T>(ms: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), ms);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** Who takes part in an exchange of edits: stock clients, browsers, and one who sends in any order and twice. */
import * as Y from "yjs";
import type { RoomKey } from "../../lib/document/rooms.ts";
import { type NodeRoom, type Place, openRoom, signIn } from "../../lib/platform/node/client.ts";
import type { Chance } from "../../lib/testing/chance.ts";
import type { WorkspaceSession } from "../../lib/workspace/session.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { type RawSocket, openRawSocket } from "../testing/rawSocket.ts";
import type { TestBrowser } from "../testing/testBrowser.ts";
import { type Wire, openWire } from "./wire.ts";

export interface Participant {
  readonly kind: "stock" | "browser" | "scrambler";
  readonly doc: Y.Doc;
  cut(): void;
  mend(): void;
  /** Goes away and comes back, with what it keeps. */
  restart(): Promise<void>;
  /** Brings what it has not brought yet, and hears what it has not heard. */
  exchange(): Promise<void>;
  close(): Promise<void>;
}

/** A stock y-websocket client on a network of its own. It keeps its document in memory. */
export async function stockClient(place: Place, who: Signer, room: RoomKey): Promise<Participant> {
  const wire = await openWire(() => place.origin);
  const { token, role } = await signIn(place, who);
  const doc = new Y.Doc();
  const open = (): NodeRoom =>
    openRoom({ ...place, origin: wire.origin }, room, { token, role }, { doc });
  let opened = open();
  return {
    kind: "stock",
    doc,
    cut: wire.cut,
    mend: wire.mend,
    restart() {
      opened.close();
      opened = open();
      return Promise.resolve();
    },
    exchange: () => Promise.resolve(),
    async close() {
      opened.close();
      await wire.close();
    },
  };
}

/** The product's own client over a browser's storage; `open` opens the workspace in its newest tab. */
export async function browserClient(
  wire: Wire,
  browser: TestBrowser,
  room: RoomKey,
  open: (fresh: boolean) => Promise<WorkspaceSession>,
): Promise<Participant> {
  let { doc } = await (await open(false)).open(room);
  return {
    kind: "browser",
    get doc() {
      return doc;
    },
    cut: () => wire.cut(),
    mend: () => wire.mend(),
    async restart() {
      ({ doc } = await (await open(true)).open(room));
    },
    exchange: () => Promise.resolve(),
    async close() {
      await browser.close();
      await wire.close();
    },
  };
}

/** Sends its updates late, in any order, some of them twice. */
export async function scrambler(
  place: Place,
  who: Signer,
  room: RoomKey,
  chance: Chance,
): Promise<Participant> {
  const { token } = await signIn(place, who);
  const doc = new Y.Doc();
  let kept: Uint8Array[] = [];
  let isCut = false;
  let socket: RawSocket | undefined;
  let heard = 0;
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin !== "server") kept.push(update);
  });

  const exchange = async (): Promise<void> => {
    if (isCut) return;
    if (socket?.ws.readyState !== 1) {
      socket = openRawSocket(place, room, token);
      heard = 0;
      if ((await Promise.race([socket.opened, socket.closed])) !== undefined) return;
      socket.step1(Y.encodeStateVector(doc));
      // What was sent before may have been lost with the connection.
      socket.step2(Y.encodeStateAsUpdate(doc));
    }
    const { updates } = socket;
    for (; heard < updates.length; heard++)
      Y.applyUpdate(doc, updates[heard] as Uint8Array, "server");
    const twice = kept.filter(() => chance.below(3) === 0);
    for (const update of chance.shuffled([...kept, ...twice])) socket.update(update);
    kept = [];
  };
  return {
    kind: "scrambler",
    doc,
    cut() {
      isCut = true;
      socket?.ws.terminate();
    },
    mend: () => void (isCut = false),
    restart() {
      socket?.ws.terminate();
      return Promise.resolve();
    },
    exchange,
    close() {
      socket?.ws.terminate();
      return Promise.resolve();
    },
  };
}

/** The server's messages of the y-websocket protocol, as bytes. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { writePermissionDenied } from "y-protocols/auth";
import { readSyncStep1, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import type * as Y from "yjs";
import { MESSAGE } from "../lib/sync/wire.ts";

/** "This is what I have: send me the rest." */
export function syncStep1(doc: Y.Doc): Uint8Array {
  return frame(MESSAGE.sync, (encoder) => writeSyncStep1(encoder, doc));
}

/** What is not known to who says that they know this much (a state vector). */
export function syncStep2(doc: Y.Doc, known: Uint8Array): Uint8Array {
  const decoder = decoding.createDecoder(
    encoding.encode((request) => encoding.writeVarUint8Array(request, known)),
  );
  return frame(MESSAGE.sync, (encoder) => readSyncStep1(decoder, encoder, doc));
}

export function updateFrame(update: Uint8Array): Uint8Array {
  return frame(MESSAGE.sync, (encoder) => writeUpdate(encoder, update));
}

export function deniedFrame(): Uint8Array {
  return frame(MESSAGE.auth, (encoder) => writePermissionDenied(encoder, "read-only"));
}

function frame(kind: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, kind);
    write(encoder);
  });
}

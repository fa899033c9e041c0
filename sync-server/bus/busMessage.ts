/** What goes over a room's channel, as bytes. A node reads past what it does not know. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export type BusMessage =
  /** The room has this number, and the stream what led there. */
  | { readonly kind: "stands"; readonly seq: number }
  | { readonly kind: "presence"; readonly member: string; readonly update: Uint8Array }
  | { readonly kind: "ask" }
  | { readonly kind: "deleted" };

const KINDS = ["stands", "presence", "ask", "deleted"] as const;

/** `node`: who says it, so that it passes over what it hears of itself. */
export function encodeBusMessage(node: string, message: BusMessage): Buffer {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, node);
  encoding.writeVarUint(encoder, KINDS.indexOf(message.kind));
  if (message.kind === "stands") encoding.writeVarUint(encoder, message.seq);
  if (message.kind === "presence") {
    encoding.writeVarString(encoder, message.member);
    encoding.writeVarUint8Array(encoder, message.update);
  }
  return Buffer.from(encoding.toUint8Array(encoder));
}

/** Undefined where the bytes are none, or this node's own. */
export function decodeBusMessage(node: string, bytes: Uint8Array): BusMessage | undefined {
  try {
    const decoder = decoding.createDecoder(bytes);
    if (decoding.readVarString(decoder) === node) return undefined;
    const kind = KINDS[decoding.readVarUint(decoder)];
    switch (kind) {
      case "stands":
        return { kind, seq: decoding.readVarUint(decoder) };
      case "presence": {
        const member = decoding.readVarString(decoder);
        return { kind, member, update: Uint8Array.from(decoding.readVarUint8Array(decoder)) };
      }
      case "ask":
      case "deleted":
        return { kind };
      case undefined:
        break; // a newer node's
    }
  } catch {
    // no message at all
  }
  return undefined;
}

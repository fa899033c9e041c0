/** How a server wraps the messages of a room: y-websocket not at all, Hocuspocus with the room's name before each. */
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

export interface Dialect {
  /** What a client says before anything else, where it has to. */
  greeting(room: string): Uint8Array | undefined;
  /** One message, written after whatever stands before it. */
  write(room: string, message: (encoder: encoding.Encoder) => void): Uint8Array;
  /** A reader that stands at the message. */
  read(bytes: Uint8Array): decoding.Decoder;
}

export const yWebsocket: Dialect = {
  greeting: () => undefined,
  write: (_, message) => encoding.encode(message),
  read: (bytes) => decoding.createDecoder(bytes),
};

const AUTH = 2;
const TOKEN = 0;

export const hocuspocus: Dialect = {
  greeting: (room) =>
    hocuspocus.write(room, (encoder) => {
      encoding.writeVarUint(encoder, AUTH);
      encoding.writeVarUint(encoder, TOKEN);
      encoding.writeVarString(encoder, "anybody");
    }),
  write: (room, message) =>
    encoding.encode((encoder) => {
      encoding.writeVarString(encoder, room);
      message(encoder);
    }),
  read(bytes) {
    const decoder = decoding.createDecoder(bytes);
    decoding.readVarString(decoder);
    return decoder;
  },
};

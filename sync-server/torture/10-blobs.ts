/** An upload goes on where it was when the server was killed at any byte of it; what is not what it says is refused. */
import { createHash } from "node:crypto";
import { type Place, signIn } from "../../lib/platform/node/client.ts";
import { type Chance, chanceFrom } from "../../lib/testing/chance.ts";
import type { Signer } from "../../lib/workspace/signatures.ts";
import { type ServerProcess, startProcess } from "./serverProcess.ts";
import { type Torture, must } from "./torture.ts";
import { type Wire, openWire } from "./wire.ts";

interface Size {
  readonly chunks: number;
  readonly kills: number;
}

type Target = Place & { readonly owner: Signer };

const MiB = 1024 * 1024;
const CHUNK = 4 * MiB;

/** That nothing acknowledged is lost with a node or with Redis is held by `npm run test:cluster`. */
export const blobs: Torture<Size> = {
  title: "Blobs: an upload resumed after a kill at any byte, a corrupt chunk refused",
  short: { chunks: 3, kills: 1 },
  long: { chunks: 125, kills: 25 },
  async run(seed, { chunks, kills }, say) {
    const chance = chanceFrom(seed);
    const server = await startProcess();
    const wire = await openWire(() => server.origin);
    try {
      const place = await server.found();
      await tryCorrupt(place, chance);
      const base = Buffer.from(chance.bytes(64 * 1024));
      const parts = Array.from({ length: chunks }, (_, i) => chunkOf(base, i, i === chunks - 1));
      await upload(server, wire, place, parts, chance, kills);
      await mustHold(place, parts);
      const size = parts.reduce((sum, part) => sum + part.length, 0);
      say(
        `${(size / MiB).toFixed(0)} MiB in ${chunks} chunks through ${kills} kills: ` +
          `${(wire.up / MiB).toFixed(1)} MiB went up, and what came down is what was sent`,
      );
      must(
        wire.up < size + (kills + 1) * (CHUNK + MiB),
        "more than the chunk on its way was resent",
      );
    } finally {
      await wire.close();
      await server.close();
    }
  },
};

/** Each its own; the last is shorter. */
function chunkOf(base: Buffer, number: number, last: boolean): Buffer<ArrayBuffer> {
  const chunk = Buffer.alloc(last ? CHUNK / 3 : CHUNK, base);
  chunk.writeUInt32BE(number, 0);
  return chunk;
}

async function ask(
  { origin, workspace }: Place,
  token: string,
  method: string,
  digest: string,
  body?: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  return fetch(`${origin}/w/${workspace}/blobs/${digest}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body } : {}),
  });
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function tryCorrupt(place: Target, chance: Chance): Promise<void> {
  const { token } = await signIn(place, place.owner);
  const bytes = chance.bytes(100_000);
  const digest = digestOf(bytes);
  const damaged = Uint8Array.from(bytes);
  const at = chance.below(bytes.length);
  damaged[at] = (damaged[at] ?? 0) ^ 1;
  for (const wrong of [damaged, bytes.slice(0, chance.below(bytes.length)), chance.bytes(10)]) {
    const { status } = await ask(place, token, "PUT", digest, wrong);
    must(status === 422, `a corrupt chunk got ${status}`);
    const { status: there } = await ask(place, token, "GET", digest);
    must(there === 404, "a corrupt chunk is given out");
  }
  must((await ask(place, token, "PUT", digest, bytes)).status === 204, "the right one is refused");
}

/** Sends what the server does not have, chunk by chunk, as the browser does; the server is killed meanwhile. */
async function upload(
  server: ServerProcess,
  wire: Wire,
  place: Target,
  parts: readonly Uint8Array<ArrayBuffer>[],
  chance: Chance,
  kills: number,
): Promise<void> {
  const through = { ...place, origin: wire.origin };
  const acknowledged = new Set<string>();
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  let left = kills;
  let killed: Promise<void> | undefined;
  const planKill = (): void => {
    if (left-- > 0)
      wire.after(chance.between(1, Math.floor(size / (kills + 1))), () => {
        wire.cut();
        killed = server.kill();
      });
  };
  planKill();
  for (let done = false; !done;) {
    const { token } = await signIn(place, place.owner);
    try {
      for (const part of parts) {
        const digest = digestOf(part);
        if ((await ask(through, token, "HEAD", digest)).status === 200) continue;
        must(!acknowledged.has(digest), "a chunk that was acknowledged is gone");
        const { status } = await ask(through, token, "PUT", digest, part);
        must(status === 204, `a chunk got ${status}`);
        acknowledged.add(digest);
      }
      done = true;
    } catch (error) {
      if (!killed) throw error;
      await killed;
      killed = undefined;
      await server.start();
      wire.mend();
      planKill();
    }
  }
}

/** Everything can be had again, whole and in ranges, and is what was sent. */
async function mustHold(place: Target, parts: readonly Uint8Array[]): Promise<void> {
  const { token } = await signIn(place, place.owner);
  for (const part of parts) {
    const digest = digestOf(part);
    const found = new Uint8Array(await (await ask(place, token, "GET", digest)).arrayBuffer());
    must(digestOf(found) === digest, "what came down is not what was sent");
  }
}

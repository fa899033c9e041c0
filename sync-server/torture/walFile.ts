/**
 * SQLite's write-ahead log as bytes on a disk, for tears in chosen places. As its file format says: a header of
 * 32 bytes, then frames of 24 bytes and a page each; a frame counts where its salts are the header's and its
 * checksum goes on from the one before; one that closes a commit says how many pages the file then has.
 */
const HEADER = 32;
const FRAME_HEADER = 24;

export interface WalFrames {
  /** Where each frame that counts ends, in bytes, and whether it closes a commit. */
  readonly frames: readonly { readonly end: number; readonly commits: boolean }[];
  /** Where the last commit ends: everything before it counts, nothing behind it does. */
  readonly end: number;
  readonly frameBytes: number;
}

export function readWal(bytes: Buffer): WalFrames {
  const frameBytes = FRAME_HEADER + (bytes.length >= HEADER ? bytes.readUInt32BE(8) : 0);
  const frames: { end: number; commits: boolean }[] = [];
  if (bytes.length < HEADER) return { frames, end: 0, frameBytes };
  const bigEndian = (bytes.readUInt32BE(0) & 1) === 1;
  const salts = bytes.subarray(16, 24);
  let sums = checksum([0, 0], bytes.subarray(0, 24), bigEndian);
  for (let at = HEADER; at + frameBytes <= bytes.length; at += frameBytes) {
    const header = bytes.subarray(at, at + FRAME_HEADER);
    if (!header.subarray(8, 16).equals(salts)) break;
    sums = checksum(sums, header.subarray(0, 8), bigEndian);
    sums = checksum(sums, bytes.subarray(at + FRAME_HEADER, at + frameBytes), bigEndian);
    if (header.readUInt32BE(16) !== sums[0] || header.readUInt32BE(20) !== sums[1]) break;
    frames.push({ end: at + frameBytes, commits: header.readUInt32BE(4) !== 0 });
  }
  return { frames, end: frames.findLast(({ commits }) => commits)?.end ?? HEADER, frameBytes };
}

type Sums = readonly [number, number];

function checksum([first, second]: Sums, bytes: Buffer, bigEndian: boolean): Sums {
  let [a, b] = [first, second];
  const word = (at: number): number =>
    bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + word(at) + b) >>> 0;
    b = (b + word(at + 4) + a) >>> 0;
  }
  return [a, b];
}

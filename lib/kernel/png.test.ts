/** Rules of a picture as a PNG: it is read back here as the specification says. */
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Picture, compressPng, encodePng } from "./png.ts";
import { chunksOf, readPng } from "./testing/readPng.ts";

const anyPicture: fc.Arbitrary<Picture> = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(2 as const, 4 as const),
  })
  .chain((size) => {
    const length = size.width * size.height * size.channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((pixels) => ({ ...size, pixels }));
  });

it("holds every picture, stored or compressed", async () => {
  await fc.assert(
    fc.asyncProperty(anyPicture, async (picture) => {
      expect(await readPng(encodePng(picture))).toEqual(picture);
      expect(await readPng(await compressPng(picture))).toEqual(picture);
    }),
  );
});

it("vouches for each of its chunks", () => {
  const pixels = Uint8Array.of(7, 255, 9, 0);
  const chunks = chunksOf(encodePng({ width: 2, height: 1, channels: 2, pixels }));
  expect(chunks.map(({ name }) => name)).toEqual(["IHDR", "IDAT", "IEND"]);
  for (const { name, data, crc } of chunks) expect(crc32(data, crc32(name))).toBe(crc);
});

it("holds a picture of more bytes than a stored block has", async () => {
  const pixels = Uint8Array.from({ length: 300 * 300 * 4 }, (_, i) => i * 7);
  const large: Picture = { width: 300, height: 300, channels: 4, pixels };
  expect((await readPng(encodePng(large))).pixels.every((byte, i) => byte === pixels[i])).toBe(
    true,
  );
});

it("is short where rows repeat: 360 000 bytes of bars take less than 2 000", async () => {
  const pixels = Uint8Array.from({ length: 360_000 }, (_, i) => (i % 600) % 256);
  const bars: Picture = { width: 300, height: 600, channels: 2, pixels };
  expect((await compressPng(bars)).length).toBeLessThan(2_000);
  expect(encodePng(bars).length).toBeGreaterThan(360_000);
});

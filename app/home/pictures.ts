/** The numbers behind the pictures of the examples: the same on every visit. Knows nothing of SVG. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Park and Miller's generator: the pictures need the same chance every time, not good chance. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Two half circles that reach into each other, in a frame of 300 by 136. */
export function moons(): { readonly upper: readonly Point[]; readonly lower: readonly Point[] } {
  const random = chance(7);
  const noise = (): number => (random() + random() + random() - 1.5) * 9;
  const arc = (center: Point, from: number): Point[] =>
    Array.from({ length: 44 }, () => {
      const angle = from + random() * Math.PI;
      return {
        x: center.x + 58 * Math.cos(angle) + noise(),
        y: center.y - 50 * Math.sin(angle) + noise(),
      };
    });
  return { upper: arc({ x: 121, y: 80 }, 0), lower: arc({ x: 179, y: 54 }, Math.PI) };
}

/** The border between the moons. */
export const moonBorder = "M34 106C74 108 90 92 99 68S128 32 141 54S160 97 182 95S216 62 266 32";

/** Each digit as a pen would draw it, in a box of 10 by 14. */
const strokes: readonly string[] = [
  "M5 1C1 1 1 13 5 13S9 1 5 1Z",
  "M3 3L5.5 1V13",
  "M2 4C2 0 8 0 8 4S3 9 2 13H8.5",
  "M2 2C4 0 8 1 8 4S5 6.5 4.5 6.5C9 6.5 9 13 5 13S2 11.5 1.5 11",
  "M7 13V1L1.5 9H9",
  "M8 1H3L2.5 6C5 5 8.5 6 8.5 9.5S4 14 1.5 11.5",
  "M7.5 1C3 3 1.5 7 2 10S8 14 8.5 9.5S3.5 6 2 9.5",
  "M1.5 1H8.5C6 5 4.5 9 4 13",
  "M5 6.5C1 5 2 1 5 1S9 5 5 6.5S1 13 5 13S9 8 5 6.5",
  "M8.5 4.5C8 9 1.5 8 1.5 4.5S8 0 8.5 4.5S7 11 5.5 13",
];

export interface Drawn {
  readonly path: string;
  readonly transform: string;
}

/** Three rows of digits, each in a hand of its own. */
export function digits(): readonly Drawn[] {
  const random = chance(11);
  const between = (low: number, high: number): number => low + random() * (high - low);
  return Array.from({ length: 21 }, (_, i) => {
    const [column, row] = [i % 7, Math.floor(i / 7)];
    const [x, y] = [30 + 36 * column + between(-2, 2), 17 + 38 * row + between(-2, 2)];
    const [lean, turn] = [between(-14, 6), between(-9, 9)];
    const size = between(1.5, 1.75);
    const path = strokes[Math.floor(random() * strokes.length)] ?? "";
    const transform = `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)} 8 12) skewX(${lean.toFixed(1)}) scale(${size.toFixed(2)})`;
    return { path, transform };
  });
}

/** A value between 0 and 1, or null where the table has a gap. */
export type Slot = number | null;

/** Seven rows of five columns; one in six is missing. */
export function table(): readonly (readonly Slot[])[] {
  const random = chance(5);
  return Array.from({ length: 7 }, () =>
    Array.from({ length: 5 }, () => (random() < 1 / 6 ? null : 0.15 + 0.85 * random())),
  );
}

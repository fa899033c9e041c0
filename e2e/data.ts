/** Files that people bring along, generated: a table of birds with gaps, and images as IDX. */

/** A generator of its own, so that the files are the same every time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const species = [
  { name: "Adelie", island: "Torgersen", means: [38.8, 18.3, 190, 3700] },
  { name: "Chinstrap", island: "Dream", means: [48.8, 18.4, 196, 3730] },
  { name: "Gentoo", island: "Biscoe", means: [47.5, 15.0, 217, 5080] },
] as const;
const spreads = [2.4, 0.9, 6, 400];

export const BIRDS = 300;
/** How many birds lack a measurement, and how many more lack only the sex. */
export const BIRDS_WITHOUT_BILL = 3;
export const BIRDS_WITHOUT_SEX = 9;

/** 300 birds of three kinds, four measurements each; 3 were not measured, 9 have no sex. */
export function penguinsCsv(): string {
  const next = chance(7);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const rows = Array.from({ length: BIRDS }, (_, i) => {
    const kind = species[i % 3] ?? species[0];
    const measured = kind.means.map((mean, j) => (mean + normal() * (spreads[j] ?? 1)).toFixed(1));
    const values = i >= BIRDS - BIRDS_WITHOUT_BILL ? ["", "", "", ""] : measured;
    const sex = i < BIRDS_WITHOUT_SEX ? "" : next() < 0.5 ? "male" : "female";
    return [kind.name, kind.island, ...values, sex].join(",");
  });
  return `species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex\n${rows.join("\n")}\n`;
}

const SIDE = 28;
export const IMAGES = 300;

/** Three shapes drawn into 28×28 images with noise: an upright bar, a lying bar, a ring. */
export function shapesIdx(): { images: Buffer; labels: Buffer } {
  const next = chance(11);
  const images = Buffer.alloc(16 + IMAGES * SIDE * SIDE);
  const labels = Buffer.alloc(8 + IMAGES);
  [0x803, IMAGES, SIDE, SIDE].forEach((value, i) => images.writeUInt32BE(value, 4 * i));
  [0x801, IMAGES].forEach((value, i) => labels.writeUInt32BE(value, 4 * i));
  for (let i = 0; i < IMAGES; i++) {
    const label = i % 3;
    labels[8 + i] = label;
    const [cx, cy] = [11 + 6 * next(), 11 + 6 * next()];
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const [dx, dy] = [Math.abs(x - cx), Math.abs(y - cy)];
        const ring = Math.abs(Math.hypot(dx, dy) - 7) < 1.6;
        const drawn = label === 0 ? dx < 2 && dy < 9 : label === 1 ? dy < 2 && dx < 9 : ring;
        images[16 + (i * SIDE + y) * SIDE + x] = Math.floor((drawn ? 200 : 0) + 40 * next());
      }
  }
  return { images, labels };
}

export function file(name: string, content: string | Buffer, mimeType = "text/csv") {
  return { name, mimeType, buffer: Buffer.from(content) };
}

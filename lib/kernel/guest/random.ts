/**
 * Math.random from a seed, so that the same cells give the same numbers: sfc32 (Chris Doty-Humphrey's
 * PractRand), its state filled from the seed by splitmix32. 32 bits a number, as good as Math.random's own.
 * The state can be taken and brought back, so that what is resumed draws what it would have drawn.
 */

/** Four 32-bit integers. */
export type RandomState = readonly [number, number, number, number];

export interface SeededRandom {
  (): number;
  state(): RandomState;
  restore(state: RandomState): void;
}

export function seededRandom(seed: number): SeededRandom {
  let filler = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32)) | 0;
  const fill = (): number => {
    filler = (filler + 0x9e3779b9) | 0;
    let mixed = Math.imul(filler ^ (filler >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, counter] = [fill(), fill(), fill(), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return Object.assign(() => next() / 2 ** 32, {
    state: (): RandomState => [a, b, c, counter],
    restore: (state: RandomState) => void ([a, b, c, counter] = state),
  });
}

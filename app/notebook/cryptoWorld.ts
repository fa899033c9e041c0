/** Chance for new ids, from the browser. */
export const cryptoWorld = {
  randomBytes: (count: number): Uint8Array<ArrayBuffer> =>
    crypto.getRandomValues(new Uint8Array(count)),
};

/**
 * What the domain may ask of the outside world. A function asks for the least of it:
 * `Pick<Platform, "now">`. Tests pass a world whose time moves when told to.
 */
export interface Platform {
  /** Milliseconds since 1970. */
  now(): number;
  /** Unpredictable bytes: ids, nonces, secrets. */
  randomBytes(count: number): Uint8Array<ArrayBuffer>;
}

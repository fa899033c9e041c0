/**
 * When a notebook's code is read anew: soon after a change, at a pause in fast typing, and once more when nobody
 * has typed for a while, since what concerns several cells is told only then.
 */
import type { Platform } from "../base/platform.ts";
import type { Timers } from "../base/timers.ts";

const SOON_MS = 60;
const PAUSE_MS = 200;
const TYPING_MS = 700;

export class ReadingPace {
  readonly #clock: Pick<Platform, "now"> & Timers;
  readonly #read: () => void;
  #readAt = -Infinity;
  #typedAt = -Infinity;
  #leaveSoon: (() => void) | undefined;
  #leavePause: (() => void) | undefined;
  #leaveRest: (() => void) | undefined;

  constructor(clock: Pick<Platform, "now"> & Timers, read: () => void) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Whether somebody types at this moment. */
  get typing(): boolean {
    return this.#clock.now() - this.#typedAt < TYPING_MS;
  }

  /** Somebody has typed in a cell. */
  typed(): void {
    const fast = this.#clock.now() - this.#typedAt < PAUSE_MS;
    this.#typedAt = this.#clock.now();
    this.#leaveRest?.();
    this.#leaveRest = this.#clock.after(TYPING_MS, this.#read);
    if (!fast) return this.soon();
    this.#leavePause?.();
    this.#leavePause = this.#clock.after(PAUSE_MS, this.#read);
  }

  soon(): void {
    this.#leaveSoon ??= this.#clock.after(SOON_MS, this.#read);
  }

  /** Whether it was read so lately that nobody could tell. */
  get justRead(): boolean {
    return this.#clock.now() - this.#readAt < SOON_MS;
  }

  /** It has just been read: what was to come soon has come. */
  wasRead(): void {
    this.#readAt = this.#clock.now();
    this.#leaveSoon?.();
    this.#leaveSoon = undefined;
  }

  close(): void {
    for (const leave of [this.#leaveSoon, this.#leavePause, this.#leaveRest]) leave?.();
  }
}

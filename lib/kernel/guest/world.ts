/** What the guest runtime needs of where it runs: a worker in the browser, or Node in a test. */
import type { ToPage } from "../protocol.ts";

export interface GuestWorld {
  /** The module's default export. `name` is what stacks call the module. */
  load(code: string, name: string): Promise<CellBody>;
  post(message: ToPage, transfer?: Transferable[]): void;
  /** What Math.random is from now on. */
  setRandom(random: () => number): void;
  /** Milliseconds that only go forward. */
  now(): number;
  /** Calls after so many milliseconds; gives back how not to. */
  later(ms: number, then: () => void): () => void;
  /** Lets messages and timers in that wait for their turn. */
  turn(): Promise<void>;
  /** Waits until the device has said what went wrong with all that was asked of it so far. */
  settled?: () => Promise<void>;
}

/** A compiled cell: lib/kernel/compile/rewrite.ts writes it, the runtime calls it. */
export type CellBody = (
  cell: unknown,
  names: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

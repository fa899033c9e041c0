/** What a notebook that runs needs of the place where it runs. */
import type { Observable } from "../base/observable.ts";
import type { RunWorld } from "./cellRun.ts";
import type { Compiler } from "./code.ts";
import type { AuthorOf } from "./otherHands.ts";

export interface ExecutionWorld extends RunWorld {
  /** Loads what reads and compiles cells; asked once, at once. */
  readonly compiler: () => Promise<Compiler>;
  /** Cells that other members' kernels run now. */
  readonly elsewhere: Observable<ReadonlySet<string>>;
  readonly authorOf: AuthorOf;
}

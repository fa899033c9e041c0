/** The page's half of `progress`: shows how far a cell's loops are, and what goes on within them. */
import type { CellId } from "../../base/ids.ts";
import type { CallContext, Capability, CellProgress } from "../capability.ts";
import { type LoopProgress, nestProgress } from "./loops.ts";
import { PROGRESS, type ProgressRequest, parseProgressRequest } from "./requests.ts";

export interface CellLoops {
  readonly capability: Capability<ProgressRequest>;
  /** The same capability, whose own progress counts as a part of the item that the cell's loop works on. */
  within<Request>(capability: Capability<Request>): Capability<Request>;
}

/** The bar of a cell that is at work and has not said how far it is. */
const UNKNOWN: CellProgress = { label: "running", fraction: 0, leftMs: null, open: true };

export function cellLoops(): CellLoops {
  const loops = new Map<CellId, LoopProgress>();
  return {
    capability: {
      name: PROGRESS,
      parse: parseProgressRequest,
      host(request, context) {
        if (request.kind === "over") {
          loops.delete(context.cell);
          context.progress(UNKNOWN);
        } else {
          loops.set(context.cell, request);
          context.progress(shownOf(request));
        }
        return Promise.resolve();
      },
      cellEnded: (cell) => Promise.resolve(void loops.delete(cell)),
    },
    within: (capability) => ({
      ...capability,
      host: (request, context) => capability.host(request, nested(context)),
    }),
  };

  function nested(context: CallContext): CallContext {
    const progress = (inner: CellProgress): void => {
      const outer = loops.get(context.cell);
      context.progress(outer ? nestProgress(outer, inner) : inner);
    };
    // The facts of the context are read when they are needed: a copy would read them now.
    return Object.create(context, { progress: { value: progress } }) as CallContext;
  }
}

function shownOf({ label, fraction, leftMs, open }: LoopProgress): CellProgress {
  return { label, fraction, leftMs, ...(open ? { open } : {}) };
}

/**
 * Tells the others in a notebook's room what this tab's kernel runs and how far it is, also while the person
 * looks at another page; and hears the same of them. Twice a second is enough for a progress bar.
 */
import type { Awareness } from "y-protocols/awareness";
import { type Observable, Settable } from "../../lib/base/observable.ts";
import { deviceWords } from "../../lib/kernel/device.ts";
import type { Kernel } from "../../lib/kernel/kernel.ts";
import type { RunningCell } from "../../lib/notebook/cellView.ts";
import { parsePresence } from "../../lib/workspace/presence.ts";
import type { Member } from "../../lib/workspace/session.ts";
import { browserClock } from "./browserClock.ts";
import { announce, stopRunning } from "./presence.ts";

const EVERY_MS = 500;
/** What is done by then was too short to be told of. */
const SOON_MS = 30;

/** Gives back how to stop. */
export function announceRunning(
  awareness: Awareness,
  me: Observable<Member>,
  running: Observable<RunningCell | undefined>,
  kernel: Pick<Kernel, "status">,
): () => void {
  let said: RunningCell | undefined;
  let leave: (() => void) | undefined;
  const say = (): void => {
    leave?.();
    leave = undefined;
    said = running.current;
    if (!said) return stopRunning(awareness);
    const { id: member, name } = me.current;
    const device = deviceWords(kernel.status.current.device);
    announce(awareness, { member, name, running: { ...said, device } });
  };
  const changed = (): void => {
    const now = running.current;
    if (said && said.cell !== now?.cell) {
      leave?.();
      leave = browserClock.after(0, say); // after what the cell has shown
    } else if (now) leave ??= browserClock.after(said ? EVERY_MS : SOON_MS, say);
    else {
      leave?.();
      leave = undefined;
    }
  };
  const stop = running.subscribe(changed);
  return () => {
    stop();
    leave?.();
  };
}

/** The cells that other tabs' kernels run now. */
export function runningElsewhere(
  awareness: Awareness,
): Observable<ReadonlySet<string>> & { close(): void } {
  const cells = new Settable<ReadonlySet<string>>(new Set());
  const read = (): void => {
    const now = new Set<string>();
    for (const [client, state] of awareness.getStates()) {
      const running = client === awareness.clientID ? undefined : parsePresence(state)?.running;
      if (running) now.add(running.cell);
    }
    if ([...now].join() !== [...cells.current].join()) cells.set(now);
  };
  awareness.on("change", read);
  read();
  return {
    get current() {
      return cells.current;
    },
    subscribe: (changed) => cells.subscribe(changed),
    close: () => awareness.off("change", read),
  };
}

/** When the language service begins: the kernel comes first. */
import type { Observable } from "../../lib/base/observable.ts";

const A_WHILE_MS = 300;

/** Both take seconds to get ready: whoever runs the cell that they have just clicked waits for the kernel. */
export function whenFree(
  kernel: Observable<{ readonly state: string }>,
  act: () => void,
): () => void {
  let stop: () => void = () => undefined;
  const look = (): void => {
    if (kernel.current.state === "starting") return;
    stop();
    act();
  };
  const timer = setTimeout(() => {
    stop = kernel.subscribe(look);
    look();
  }, A_WHILE_MS);
  return () => {
    clearTimeout(timer);
    stop();
  };
}

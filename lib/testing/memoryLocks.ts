/** The locks of one browser, in memory, as the Web Locks API says: in the order of asking, shared or alone. */

interface Waiting {
  readonly mode: LockMode;
  readonly grant: () => void;
}

interface Queue {
  held: LockMode[];
  waiting: Waiting[];
}

type Granted<T> = (lock: Lock | null) => T;

export function memoryLocks(): Pick<LockManager, "request"> {
  const queues = new Map<string, Queue>();

  const mayHold = ({ held }: Queue, mode: LockMode): boolean =>
    held.length === 0 || (mode === "shared" && held.every((one) => one === "shared"));
  const look = (queue: Queue): void => {
    for (let [next] = queue.waiting; next && mayHold(queue, next.mode); [next] = queue.waiting) {
      queue.waiting.shift();
      queue.held.push(next.mode);
      next.grant();
    }
  };

  const request = async <T>(name: string, options: LockOptions, act: Granted<T>): Promise<T> => {
    const queue = queues.get(name) ?? { held: [], waiting: [] };
    queues.set(name, queue);
    const { mode = "exclusive", ifAvailable = false, signal } = options;
    if (ifAvailable && (queue.waiting.length > 0 || !mayHold(queue, mode))) return act(null);
    await new Promise<void>((grant, refuse) => {
      const mine = { mode, grant };
      queue.waiting.push(mine);
      signal?.addEventListener("abort", () => {
        if (!queue.waiting.includes(mine)) return;
        queue.waiting = queue.waiting.filter((one) => one !== mine);
        refuse(signal.reason as Error);
        look(queue);
      });
      look(queue);
    });
    try {
      return await act({ name, mode });
    } finally {
      queue.held.splice(queue.held.indexOf(mode), 1);
      look(queue);
    }
  };

  return {
    request: (name: string, ...rest: [LockOptions, Granted<unknown>] | [Granted<unknown>]) =>
      rest.length === 1 ? request(name, {}, rest[0]) : request(name, rest[0], rest[1]),
  };
}

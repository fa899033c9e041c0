/** A guest runtime in Node: cells are scripts, messages land in a list, and waits are for a message. */
import { Script } from "node:vm";
import type { CallContext, Capability } from "../kernel/capability.ts";
import { compileCell } from "../kernel/compile.ts";
import { Runtime } from "../kernel/guest/runtime.ts";
import { type GivenParams, type OtherControl, nothingGiven } from "../kernel/params.ts";
import type { CellBody, GuestWorld } from "../kernel/guest/world.ts";
import type { GuestEnd, Shown, ToPage } from "../kernel/protocol.ts";

/** One run's outcome: how it ended and everything that was shown. */
export interface Ran {
  readonly end: GuestEnd;
  readonly shown: readonly Shown[];
  readonly trained: readonly string[];
}

type Offered = Pick<Capability, "name" | "host"> & Partial<Pick<Capability, "parse">>;

export class GuestWorkshop {
  readonly runtime: Runtime;
  readonly world: GuestWorld;
  readonly messages: ToPage[] = [];
  /** The modules that were loaded, by what stacks call them. */
  readonly loaded: string[] = [];
  /** What the next runs are told of controls. */
  params: GivenParams = nothingGiven;
  controls: readonly OtherControl[] = [];
  /** Left out of what the next runs are told where it is undefined. */
  capturing: boolean | undefined;
  readonly #capabilities: readonly Offered[];
  readonly #context: CallContext | undefined;
  #ended: (() => void) | undefined;
  #passed = 0;

  /** `context`: what capabilities are told of each call, where they ask. */
  constructor(capabilities: readonly Offered[] = [], context?: CallContext) {
    this.#capabilities = capabilities;
    this.#context = context;
    this.world = {
      load: (code, name) => {
        this.loaded.push(name);
        return Promise.resolve(loadScript(code, name));
      },
      post: (message) => this.#take(message),
      setRandom: (random) => void (Math.random = random),
      now: () => performance.now() + this.#passed,
      later(ms, then) {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
      turn: () => new Promise((resolve) => setImmediate(resolve)),
    };
    this.runtime = new Runtime(this.world);
  }

  /** Lets time pass for the worker at once. */
  pass(ms: number): void {
    this.#passed += ms;
  }

  /** Runs a cell; what it reads of other cells are those of its free names that are given. */
  async run(
    cell: string,
    source: string,
    reads: readonly string[] = [],
    seed = 1,
    resumes = false,
  ): Promise<Ran> {
    const compiled = compileCell(source);
    if (!compiled.ok) throw new Error(compiled.error.message);
    const from = this.messages.length;
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    const { code, analysis } = compiled;
    const { params, controls, capturing } = this;
    const { defines } = analysis;
    this.runtime.receive({
      kind: "run",
      run: 1,
      cell,
      code,
      defines,
      reads,
      seed,
      params,
      controls,
      resumes,
      ...(capturing === undefined ? {} : { capturing }),
    });
    await ended;
    const since = this.messages.slice(from);
    const last = since.find((one) => one.kind === "ended");
    if (last?.kind !== "ended") throw new Error("it did not end");
    return {
      end: last.end,
      shown: since.flatMap((one) => (one.kind === "outputs" ? one.shown : [])),
      trained: since.flatMap((one) => (one.kind === "trained" ? one.names : [])),
    };
  }

  #take(message: ToPage): void {
    // As a port does: what is sent is a copy.
    this.messages.push(structuredClone(message));
    if (message.kind === "ended") this.#ended?.();
    if (message.kind === "call") void this.#answer(message);
  }

  async #answer({ call, capability, request }: Extract<ToPage, { kind: "call" }>): Promise<void> {
    const host = this.#capabilities.find((one) => one.name === capability);
    try {
      const parsed = host?.parse ? host.parse(request) : request;
      const value = await host?.host(parsed, this.#context as never);
      if (call !== null) this.runtime.receive({ kind: "reply", call, value });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (call !== null) this.runtime.receive({ kind: "refuse", call, message });
    }
  }
}

/** The module as an expression, column for column: a script can be given a name that stacks show. */
function loadScript(code: string, name: string): CellBody {
  const expression = code.replace(
    "export default ",
    " ".repeat("export default ".length - 1) + "(",
  );
  return new Script(`${expression})`, { filename: name }).runInThisContext() as CellBody;
}

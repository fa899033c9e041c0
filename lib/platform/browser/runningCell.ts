/** One run of a cell as the page sees it: what it shows, what it asks of the page, and how it ends. */
import { assertNever } from "../../base/assertNever.ts";
import type { Digest } from "../../base/ids.ts";
import type { CallContext, Capability, CellFacts } from "../../kernel/capability.ts";
import type { Device } from "../../kernel/device.ts";
import type { CellEnd, CellListener, CellRun } from "../../kernel/kernel.ts";
import { MOST_PARAMS, type ParamControl, type ParamValue, valueOf } from "../../kernel/params.ts";
import type { ToPage, ToWorker } from "../../kernel/protocol.ts";

type Post = (message: ToWorker) => void;
type Message = Extract<ToPage, { kind: "outputs" | "trained" | "param" | "call" }>;

interface Parts {
  readonly capabilities: readonly Capability[];
  explain(error: unknown): string;
}

/** More questions at once than this are a mistake in the cell's code. */
const MOST_ASKED = 1_000;
const MOST_COMPLAINTS = 20;

export class RunningCell {
  /** Nobody can guess it: a cell that ran before this one cannot speak for it. */
  readonly id = Number(crypto.getRandomValues(new BigUint64Array(1))[0]! >> 11n);
  readonly end: Promise<CellEnd>;
  readonly #run: CellRun;
  readonly #listener: CellListener;
  readonly #parts: Parts;
  readonly #aborted = new AbortController();
  readonly #reads: { readonly name: string; readonly digest: Digest }[];
  readonly #params: Map<string, ParamValue>;
  #resolve: (end: CellEnd) => void = () => undefined;
  #device: Device | undefined;
  #post: Post | undefined;
  #asked = 0;
  readonly #complaints = new Set<string>();
  #over = false;

  constructor(run: CellRun, listener: CellListener, parts: Parts) {
    this.#run = run;
    this.#listener = listener;
    this.#parts = parts;
    this.#reads = [...run.facts.datasets];
    this.#params = new Map(Object.entries(run.facts.params ?? {}));
    this.end = new Promise((resolve) => (this.#resolve = resolve));
  }

  get over(): boolean {
    return this.#over;
  }

  begin(device: Device, post: Post): void {
    this.#device = device;
    this.#post = post;
    const { cell, code, defines, reads, seed, capturing, params, controls, facts } = this.#run;
    const resumes = facts.resume !== undefined;
    post({
      ...{ kind: "run", run: this.id, cell, code, defines, reads },
      ...{ seed, params, controls, resumes, capturing },
    });
  }

  interrupt(): void {
    this.#aborted.abort(new Error("The cell was interrupted"));
  }

  receive(message: Message): void {
    if (this.#over || message.run !== this.id) return;
    switch (message.kind) {
      case "outputs":
        for (const { bundle, id } of message.shown) this.#listener.output(bundle, id ?? undefined);
        return;
      case "trained":
        return this.#listener.trained(message.names);
      case "param":
        return this.#readParam(message.control);
      case "call":
        return void this.#answer(message);
      default:
        return assertNever(message);
    }
  }

  /** Nothing more comes of it; capabilities close what they opened for it. True where this ended it. */
  async close(end: CellEnd): Promise<boolean> {
    if (this.#over) return false;
    this.#over = true;
    this.#aborted.abort(new Error("The cell has ended"));
    const how = end.kind === "kernel-ended" ? "error" : end.kind;
    await Promise.allSettled(
      this.#parts.capabilities.map(async (one) => one.cellEnded?.(this.#run.cell, how)),
    );
    return true;
  }

  settle(end: CellEnd): void {
    this.#resolve(end);
  }

  async #answer({
    call,
    capability: name,
    request,
  }: Extract<Message, { kind: "call" }>): Promise<void> {
    const [post, device] = [this.#post, this.#device];
    if (!post || !device) return;
    this.#asked++;
    try {
      if (this.#asked > MOST_ASKED)
        throw new Error(`A cell can ask ${MOST_ASKED} things of the page at once: wait for some`);
      const capability = this.#parts.capabilities.find((one) => one.name === name);
      if (!capability) throw new Error(`The page offers nothing called ${name.slice(0, 100)}`);
      const value = await capability.host(capability.parse(request), this.#context(device));
      if (call !== null) post({ kind: "reply", call, value });
    } catch (error) {
      const message = this.#parts.explain(error);
      if (call !== null) post({ kind: "refuse", call, message });
      else this.#complain(message);
    } finally {
      this.#asked--;
    }
  }

  #readParam(control: ParamControl): void {
    if (this.#params.size >= MOST_PARAMS && !this.#params.has(control.name)) return;
    this.#params.set(control.name, valueOf(control, this.#run.params));
    this.#listener.readParam(control);
  }

  /** Once for each thing that went wrong: a loop would say it without end. */
  #complain(text: string): void {
    if (this.#over || this.#complaints.has(text) || this.#complaints.size >= MOST_COMPLAINTS)
      return;
    this.#complaints.add(text);
    this.#listener.output({
      "application/vnd.ensemble.console+json": { level: "warn", text },
      "text/plain": text,
    });
  }

  #context(device: Device): CallContext {
    const { cell, seed, facts } = this.#run;
    const [datasets, params] = [this.#reads, this.#params];
    return {
      cell,
      signal: this.#aborted.signal,
      get facts(): CellFacts {
        return {
          ...facts,
          datasets: [...datasets],
          params: Object.fromEntries(params),
          seed,
          device,
        };
      },
      readDataset: (dataset, digest) => {
        if (this.#over) return;
        if (this.#reads.some((one) => one.name === dataset && one.digest === digest)) return;
        this.#reads.push({ name: dataset, digest });
        this.#listener.readDataset(dataset, digest);
      },
      startedRun: (run) => {
        if (!this.#over) this.#listener.startedRun(run);
      },
      // A download goes on for a moment after its cell was stopped; the cell does not.
      progress: (progress) => {
        if (!this.#over) this.#listener.progress(progress);
      },
    };
  }
}

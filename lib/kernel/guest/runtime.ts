/**
 * The kernel inside the worker: runs one cell at a time, keeps the names that cells share, and sends what
 * happens to the page. Knows TensorFlow.js and the other packages only as things that cells import.
 */
import type { CellId } from "../../base/ids.ts";
import { assertNever } from "../../base/assertNever.ts";
import type { Guest, GuestModule } from "../capability.ts";
import { POSITIONS_MARK } from "../compile/mark.ts";
import { decodePositions } from "../compile/positions.ts";
import {
  MOST_PARAMS,
  type ParamControl,
  type ParamValue,
  sameControl,
  valueOf,
} from "../params.ts";
import { type GuestEnd, type RunMessage, type ToWorker } from "../protocol.ts";
import { Calls } from "./calls.ts";
import { type CellScope, type Packages, useExport, usePackage } from "./cellScope.ts";
import { redirectConsole } from "./console.ts";
import type { KeepTable } from "../outputs/table.ts";
import { HeldNews } from "./heldNews.ts";
import { Interruption, isInterrupted } from "./interruption.ts";
import { Names } from "./names.ts";
import { type SeededRandom, seededRandom } from "./random.ts";
import { CellShown } from "./shown.ts";
import { Survey } from "./survey.ts";
import { type CellModule, errorOutput } from "./stack.ts";
import type { CellBody, GuestWorld } from "./world.ts";

interface Running {
  readonly cell: CellId;
  readonly run: RunMessage;
  /** Those that it asked for, by name. */
  readonly controls: Map<string, ParamControl>;
  readonly shown: CellShown;
  readonly interruption: Interruption;
  readonly trained: Set<object>;
  readonly chance: SeededRandom;
  readonly atEnd: (() => Promise<void> | void)[];
  /** The first error that nobody in the cell waited for. */
  astray: { readonly error: unknown } | undefined;
}

interface Loaded {
  readonly name: string;
  readonly module: CellModule;
  readonly head: string;
  readonly code: string;
  readonly body: CellBody;
}

/** Modules of earlier runs stay known, for errors that come late. */
const MOST_MODULES = 2_000;

export class Runtime {
  readonly guest: Guest;
  readonly #world: GuestWorld;
  readonly #names = new Names();
  readonly #modules = new Map<string, CellModule>();
  /** What each cell ran last. */
  readonly #loaded = new Map<string, Loaded>();
  /** The cell in whose run an object was made. */
  readonly #makers = new WeakMap<object, CellId>();
  readonly #calls: Calls;
  #packages: Packages = {};
  #keepTables: (() => KeepTable) | undefined;
  #survey: Survey;
  readonly #news: HeldNews;
  #running: Running | undefined;
  #runs = 0;

  constructor(world: GuestWorld) {
    this.#world = world;
    this.#calls = new Calls(world, () => this.#running?.run.run ?? 0);
    this.#survey = new Survey(this.#names, {});
    this.#news = new HeldNews(world, () => this.#survey.look(this.#running === undefined));
    const running = (): Running | undefined => this.#running;
    this.guest = {
      get cell() {
        return running()?.cell;
      },
      get interrupted() {
        return running()?.interruption.requested ?? false;
      },
      get chance() {
        return running()?.chance;
      },
      get resumes() {
        return running()?.run.resumes === true;
      },
      get capturing() {
        return running()?.run.capturing !== false;
      },
      call: (capability, request, transfer) => this.#calls.call(capability, request, transfer),
      tell: (capability, request, transfer) => this.#calls.tell(capability, request, transfer),
      display: (value, options) => {
        const now = running();
        if (!now) throw new Error("display() was called after its cell had ended");
        now.shown.display(value, options?.id ?? null);
      },
      param: (control) => this.#param(control),
      trained: (object) => void running()?.trained.add(object),
      made: (object) => {
        const cell = running()?.cell;
        if (cell !== undefined) this.#makers.set(object, cell);
      },
      atCellEnd: (act) => void running()?.atEnd.push(act),
    };
  }

  /** What cells can import: `packages`, and "ensemble" put together from the modules. */
  provide(packages: Packages, modules: readonly GuestModule[]): void {
    const ensemble: Record<string, unknown> = {};
    for (const [name, value] of modules.flatMap((module) => Object.entries(module(this.guest)))) {
      if (name in ensemble) throw new Error(`two modules offer ${name} to cells`);
      ensemble[name] = value;
    }
    this.#packages = { ...packages, ensemble };
    this.#survey = new Survey(this.#names, this.#packages);
  }

  /** Who keeps the rows of long tables that are shown; made anew for each run of a cell. */
  keepTables(make: () => KeepTable): void {
    this.#keepTables = make;
  }

  redirectConsole(console: Parameters<typeof redirectConsole>[0]): void {
    redirectConsole(console, () => this.#running?.shown);
  }

  /** Everything but "start", which is for whoever chooses the backend. */
  receive(message: Exclude<ToWorker, { kind: "start" }>): void {
    switch (message.kind) {
      case "run":
        return void this.#run(message);
      case "interrupt":
        return this.#running?.interruption.request();
      case "forget":
        this.#survey.forget(message.names);
        return this.#news.due();
      case "free":
        this.#survey.free();
        return this.#news.due();
      case "reply":
      case "refuse":
        return this.#calls.answer(message);
      default:
        return assertNever(message);
    }
  }

  /** An error that nobody caught: it is the cell's, or where none runs, the page is told. */
  astray(error: unknown): void {
    if (isInterrupted(error)) return;
    if (this.#running) this.#running.astray ??= { error };
    else {
      const { name, message } = errorOutput(error, this.#modules);
      this.#world.post({
        kind: "notice",
        message: `Something failed after its cell had ended: ${name}: ${message}`,
      });
    }
  }

  /** A line of the machinery's own under the cell that runs. */
  warn(text: string): void {
    if (this.#running) this.#running.shown.print("warn", text);
    else this.#world.post({ kind: "notice", message: text });
  }

  async #run(run: RunMessage): Promise<void> {
    if (this.#running)
      // Only a message that a cell made up can have told the page that this one had ended.
      return this.#world.post({
        kind: "lost",
        message: "A cell ran on after it was said to be over",
      });
    const running: Running = (this.#running = {
      cell: run.cell as CellId,
      run,
      controls: new Map(),
      shown: new CellShown(this.#world, run.run, this.#keepTables?.()),
      interruption: new Interruption(this.#world),
      trained: new Set(),
      chance: seededRandom(run.seed),
      atEnd: [],
      astray: undefined,
    });
    this.#world.setRandom(running.chance);
    const outcome = await this.#outcome(run, running);
    for (const act of running.atEnd) await this.#closing(act);
    await this.#closing(() => this.#world.settled?.());
    // What is shown may never come: whoever interrupts does not want to wait for it either.
    await this.#closing(() => running.interruption.orStopped(running.shown.end()));
    const stopped = outcome.kind === "done" && running.interruption.requested;
    const end: GuestEnd = stopped ? { kind: "interrupted" } : outcome;
    const makerOf = (object: object): string | undefined => this.#makers.get(object);
    const names = this.#names.changedWith(running.trained, run.cell, makerOf);
    if (names.length > 0) this.#world.post({ kind: "trained", run: run.run, names });
    this.#running = undefined;
    this.#survey.end();
    this.#world.post({ kind: "ended", run: run.run, end });
    this.#news.due();
  }

  #param(control: ParamControl): ParamValue {
    const running = this.#running;
    if (!running) throw new Error("param() was called after its cell had ended");
    const { name } = control;
    const before = running.controls.get(name);
    if (before && !sameControl(before, control))
      throw new Error(`This cell asks for param("${name}") twice, with other definitions.`);
    const other = running.run.controls.find(
      (one) => one.control.name === name && !sameControl(one.control, control),
    );
    if (other)
      throw new Error(
        `param("${name}") is defined in another way in ${other.where}. One name is one control: ` +
          "write the same there and here, or give one of them another name.",
      );
    if (!before && running.controls.size >= MOST_PARAMS)
      throw new Error(`A cell has at most ${MOST_PARAMS} params.`);
    if (!before) this.#world.post({ kind: "param", run: running.run.run, control });
    running.controls.set(name, control);
    return valueOf(control, running.run.params);
  }

  /** What a module still has to send. The cell has ended as it has, whatever comes of this. */
  async #closing(act: () => Promise<void> | void): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!isInterrupted(error)) this.warn(errorOutput(error, this.#modules).message);
    }
  }

  async #outcome(run: RunMessage, running: Running): Promise<GuestEnd> {
    try {
      const value = await this.#execute(run, running);
      running.shown.display(value, null);
      // What the cell started and does not wait for may fail at once.
      await this.#world.turn();
      if (running.astray) throw running.astray.error;
      return running.interruption.requested ? { kind: "interrupted" } : { kind: "done" };
    } catch (error) {
      if (isInterrupted(error)) return { kind: "interrupted" };
      return { kind: "error", error: errorOutput(error, this.#modules) };
    }
  }

  async #execute(run: RunMessage, running: Running): Promise<unknown> {
    this.#survey.begin(++this.#runs, run);
    this.#names.begin(run.cell);
    const [missing] = this.#names.missing(run.reads);
    if (missing !== undefined) {
      throw new ReferenceError(`${missing} has no value here: run the cell that defines it first`);
    }
    const execute = await this.#load(run);
    return execute(this.#scope(run, running), this.#names.values(run.reads));
  }

  /** The cell's code as a function. Loading takes longer than most cells run: what was loaded last is kept. */
  async #load({ cell, code, reads }: RunMessage): Promise<CellBody> {
    const head = `export default async(__cell,{${reads.join(",")}})=>{`;
    const known = this.#loaded.get(cell);
    if (known?.head === head && known.code === code) {
      this.#remember(known.name, known.module);
      return known.body;
    }
    const name = `cell-run-${this.#runs}`;
    const [text = "", positions = ""] = code.split(`\n${POSITIONS_MARK}`);
    const module = { cell, positions: decodePositions(positions), ahead: head.length };
    this.#remember(name, module);
    const body = await this.#world.load(`${head}${text}\n}`, name);
    this.#loaded.set(cell, { name, module, head, code, body });
    return body;
  }

  #scope(run: RunMessage, { interruption }: Running): CellScope {
    return {
      keep: (getters, about) => this.#names.define(run.cell, getters, this.#runs, about),
      use: (from, name, line = 1, column = 1) =>
        name === undefined
          ? usePackage(this.#packages, from)
          : useExport(this.#packages, from, name, line, column),
      import: (from) =>
        Promise.resolve(String(from)).then((name) => usePackage(this.#packages, name)),
      until: (value) => interruption.until(value),
    };
  }

  #remember(name: string, module: CellModule): void {
    this.#modules.delete(name);
    this.#modules.set(name, module);
    const [oldest] = this.#modules.keys();
    if (this.#modules.size > MOST_MODULES && oldest !== undefined) this.#modules.delete(oldest);
  }
}

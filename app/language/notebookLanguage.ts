/**
 * What the language service knows of one notebook that is open, for its editors. Asleep until an editor of code
 * has focus; from then on the worker is told what changed, a moment after it did. Without the worker, editing
 * goes on as before, and the person is told once.
 */
import type * as Y from "yjs";
import { notebookRoots } from "../../lib/document/notebookDoc.ts";
import type { CellId } from "../../lib/base/ids.ts";
import { cellText, listCells } from "../../lib/notebook/notebook.ts";
import type { Finding } from "./answers.ts";
import type { KnownDataset } from "./datasetTypes.ts";
import type { OpenLanguageWorker, LanguageWorker } from "./openWorker.ts";
import type { Answers, CellVersion, FromLanguage, Question } from "./protocol.ts";

const CALM_MS = 150;
/** So long without an answer, and it never comes: types can be written that never end. */
const PATIENCE_MS = 20_000;

/** What is wrong with a cell, and the text that this was said of. */
export interface Findings {
  readonly source: string;
  readonly findings: readonly Finding[];
}

export interface LanguageWorld {
  readonly open: OpenLanguageWorker;
  /** Calls once, when there is time for something big; gives back how not to. */
  whenFree(act: () => void): () => void;
  /** Calls once, later; gives back how not to. */
  later(ms: number, act: () => void): () => void;
  /** Says to the person that there is no help with types, and why. */
  failed(reason: string): void;
}

/** The datasets of the workspace, watched while somebody writes: see datasetFeed.ts. */
export interface DatasetFeed {
  /** Those whose names stand in `sources` are worth knowing in full. */
  mention(sources: readonly string[]): void;
  close(): void;
}

/** Counted over all notebooks of the tab, for they share a worker, and what it says may come late. */
let questions = 0;
let versions = 0;

type Asked = (answer: Answers[keyof Answers] | undefined) => void;

export class NotebookLanguage {
  readonly #doc: Y.Doc;
  readonly #world: LanguageWorld;
  readonly #openFeed: (known: (datasets: readonly KnownDataset[]) => void) => DatasetFeed;
  #state: "asleep" | "loading" | "ready" | "off" = "asleep";
  #worker: LanguageWorker | undefined;
  #feed: DatasetFeed | undefined;
  #cells = new Map<string, CellVersion>();
  #dirty = new Set<string>();
  #moved = true;
  #notFree: () => void = () => undefined;
  #notYet: () => void = () => undefined;
  readonly #asked = new Map<number, { readonly tell: Asked; readonly patience: () => void }>();
  #whenReady: (() => void)[] = [];
  readonly #found = new Map<string, Findings>();
  readonly #watchers = new Map<string, Set<(found: Findings) => void>>();

  constructor(
    doc: Y.Doc,
    world: LanguageWorld,
    openFeed: (known: (datasets: readonly KnownDataset[]) => void) => DatasetFeed,
  ) {
    this.#doc = doc;
    this.#world = world;
    this.#openFeed = openFeed;
  }

  /** An editor of code has focus: from now on there is help. */
  wake(): void {
    if (this.#state !== "asleep") return;
    this.#state = "loading";
    this.#notFree = this.#world.whenFree(() => this.#begin());
  }

  #begin(): void {
    this.#worker = this.#world.open({
      hear: (message) => this.#hear(message),
      fail: (reason) => this.#fail(reason),
    });
    notebookRoots.cells(this.#doc).observeDeep(this.#changed);
    this.#feed = this.#openFeed((datasets) => this.#worker?.post({ kind: "datasets", datasets }));
    this.flush();
  }

  /** Calls once, when it is ready; never where it will not be. */
  whenReady(act: () => void): void {
    if (this.ready) act();
    else if (this.#state === "loading") this.#whenReady = [act]; // the last wish counts
  }

  get ready(): boolean {
    return this.#state === "ready";
  }

  /** Undefined where there is nothing to say, and where nobody can say it: before it is ready. */
  async ask<Kind extends keyof Answers>(
    question: Question<Kind>,
  ): Promise<Answers[Kind] | undefined> {
    if (this.#state !== "ready") return undefined;
    this.flush(); // it is asked about the text as it is now
    const id = ++questions;
    const answer = await new Promise<Answers[keyof Answers] | undefined>((tell) => {
      const patience = this.#world.later(PATIENCE_MS, () =>
        this.#fail("it does not answer any more"),
      );
      this.#asked.set(id, { tell, patience });
      this.#worker?.post({ kind: "ask", id, question });
    });
    return answer as Answers[Kind] | undefined;
  }

  /** Tells what is wrong with a cell, now and whenever it changes; gives back how not to. */
  watch(cell: string, tell: (found: Findings) => void): () => void {
    const watchers = this.#watchers.get(cell) ?? new Set();
    this.#watchers.set(cell, watchers.add(tell));
    const known = this.#found.get(cell);
    if (known) tell(known);
    return () => {
      watchers.delete(tell);
      if (watchers.size === 0) this.#watchers.delete(cell);
    };
  }

  /** Where in the cell's text of now an offset is: 1-based. */
  placeOf(cell: string, offset: number): { readonly line: number; readonly column: number } {
    const before = (cellText(this.#doc, cell as CellId)?.toJSON() ?? "").slice(0, offset);
    const line = before.split("\n").length;
    return { line, column: offset - before.lastIndexOf("\n") };
  }

  close(): void {
    this.#end("off", false);
  }

  /** Posts what has changed since the last time. */
  flush(): void {
    this.#notYet();
    if (!this.#moved && this.#dirty.size === 0) return;
    const changed = this.#moved ? this.#readAll() : this.#readDirty();
    const moved = this.#moved;
    this.#moved = false;
    this.#dirty.clear();
    if (changed.length === 0 && !moved) return;
    this.#worker?.post({ kind: "cells", order: [...this.#cells.keys()], changed });
    this.#feed?.mention(changed.map(({ source }) => source));
  }

  #changed = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    for (const { path } of events) {
      // A text's path is its cell and its field; anything shorter is about cells and not what they say.
      if (path.length > 1) this.#dirty.add(String(path[0]));
      else this.#moved = true;
    }
    this.#notYet();
    this.#notYet = this.#world.later(CALM_MS, () => this.flush());
  };

  #readAll(): CellVersion[] {
    const before = this.#cells;
    const changed: CellVersion[] = [];
    this.#cells = new Map(
      listCells(this.#doc).flatMap(({ id, kind, source }) => {
        if (kind !== "code") return [];
        const known = before.get(id);
        if (known?.source === source) return [[id, known] as const];
        const cell = { id, version: ++versions, source };
        changed.push(cell);
        return [[id, cell] as const];
      }),
    );
    for (const id of this.#found.keys()) if (!this.#cells.has(id)) this.#found.delete(id);
    return changed;
  }

  #readDirty(): CellVersion[] {
    return [...this.#dirty].flatMap((id) => {
      const known = this.#cells.get(id);
      const source = cellText(this.#doc, id as CellId)?.toJSON();
      if (!known || source === undefined || known.source === source) return [];
      const cell = { id, version: ++versions, source };
      this.#cells.set(id, cell);
      return [cell];
    });
  }

  #hear(message: FromLanguage): void {
    switch (message.kind) {
      case "ready":
        if (this.#state !== "loading") return;
        this.#state = "ready";
        for (const act of this.#whenReady.splice(0)) act();
        return;
      case "answer": {
        const asked = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        asked?.patience();
        asked?.tell(message.answer);
        return;
      }
      case "findings": {
        const { cell, version, findings } = message;
        const known = this.#cells.get(cell);
        if (known?.version !== version) return; // it says something else by now
        const found = { source: known.source, findings };
        this.#found.set(cell, found);
        for (const tell of this.#watchers.get(cell) ?? []) tell(found);
      }
    }
  }

  #fail(reason: string): void {
    if (this.#state === "off") return;
    this.#end("off", true);
    for (const [cell, watchers] of this.#watchers)
      for (const tell of watchers)
        tell({ source: this.#cells.get(cell)?.source ?? "", findings: [] });
    this.#world.failed(reason);
  }

  #end(state: "off", broken: boolean): void {
    this.#state = state;
    this.#notFree();
    this.#notYet();
    for (const { tell, patience } of this.#asked.values()) {
      patience();
      tell(undefined);
    }
    this.#asked.clear();
    if (!this.#worker) return;
    notebookRoots.cells(this.#doc).unobserveDeep(this.#changed);
    this.#feed?.close();
    this.#worker?.release(broken);
    this.#worker = undefined;
  }
}

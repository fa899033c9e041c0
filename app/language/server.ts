/**
 * The worker's side of the conversation: keeps the program as the page tells it, answers at once, and looks for
 * mistakes when nothing has changed for a moment, one cell at a time, so that a question never waits for long.
 */
import type { Answers, CellVersion, FromLanguage, Question, ToLanguage } from "./protocol.ts";
import { assertNever } from "../../lib/base/assertNever.ts";
import { check } from "./check.ts";
import { datasetTypes } from "./datasetTypes.ts";
import { definition, hover, signature } from "./explain.ts";
import { CellProgram } from "./program.ts";
import { explainSuggestion, suggest } from "./suggest.ts";
import type { TypeLibrary } from "./typeLibrary.ts";

const CALM_MS = 400;
/** A text longer than this is nobody's code, and would keep everybody else's waiting. */
const LONGEST = 200_000;

export interface ServerWorld {
  post(message: FromLanguage): void;
  /** Calls once, later; gives back how not to. */
  later(ms: number, act: () => void): () => void;
}

export class LanguageServer {
  readonly #world: ServerWorld;
  readonly #program: CellProgram;
  #cells = new Map<string, CellVersion>();
  /** What was last said of each cell. */
  #said = new Map<string, string>();
  /** Cells that wait to be looked at, the ones that somebody changed first. */
  #waiting: string[] = [];
  #notYet: () => void = () => undefined;
  #warm = false;

  constructor(library: TypeLibrary, world: ServerWorld) {
    this.#world = world;
    this.#program = new CellProgram(library);
  }

  receive(message: ToLanguage): void {
    switch (message.kind) {
      case "open":
        this.#cells = new Map();
        this.#said = new Map();
        this.#program.setCells([]);
        this.#program.setDatasets(datasetTypes([]));
        this.#warm = false;
        return;
      case "cells":
        this.#take(message.order, message.changed);
        this.#warmUp();
        this.#checkSoon(message.changed.map(({ id }) => id));
        return;
      case "datasets":
        this.#program.setDatasets(datasetTypes(message.datasets));
        this.#checkSoon([]);
        return;
      case "ask":
        this.#world.post({
          kind: "answer",
          id: message.id,
          answer: this.#answer(message.question),
        });
        return;
      default:
        assertNever(message);
    }
  }

  /** The first answer would be seconds in coming: whoever is told "ready" can count on a quick one. */
  #warmUp(): void {
    if (this.#warm) return;
    this.#warm = true;
    this.#program.program.getTypeChecker();
    this.#world.post({ kind: "ready" });
  }

  #take(order: readonly string[], changed: readonly CellVersion[]): void {
    const texts = new Map(changed.map((cell) => [cell.id, cell]));
    this.#cells = new Map(
      order.flatMap((id) => {
        const cell = texts.get(id) ?? this.#cells.get(id);
        return cell && cell.source.length <= LONGEST ? [[id, cell] as const] : [];
      }),
    );
    this.#program.setCells([...this.#cells.values()]);
    for (const id of this.#said.keys()) if (!this.#cells.has(id)) this.#said.delete(id);
  }

  /** A question that TypeScript breaks on has no answer; the next one may have one. */
  #answer(question: Question): Answers[keyof Answers] | undefined {
    const { kind, cell, offset, name } = question;
    const source = this.#cells.get(cell)?.source;
    if (source === undefined || offset > source.length) return undefined;
    this.#program.open(cell);
    try {
      switch (kind) {
        case "suggest":
          return suggest(this.#program, cell, offset);
        case "explain":
          return explainSuggestion(this.#program, cell, offset, name ?? "");
        case "hover":
          return hover(this.#program, cell, offset);
        case "signature":
          return signature(this.#program, cell, offset);
        case "definition":
          return definition(this.#program, cell, offset);
        default:
          return assertNever(kind);
      }
    } catch (error) {
      console.error(error);
      return undefined;
    }
  }

  #checkSoon(first: readonly string[]): void {
    const all = [...first, ...this.#waiting, ...this.#cells.keys()];
    this.#waiting = [...new Set(all)].filter((id) => this.#cells.has(id));
    this.#notYet();
    this.#notYet = this.#world.later(CALM_MS, () => this.#checkNext());
  }

  #checkNext(): void {
    const id = this.#waiting.shift();
    const cell = id === undefined ? undefined : this.#cells.get(id);
    if (id === undefined) return;
    if (cell) this.#tell(cell);
    this.#notYet = this.#world.later(0, () => this.#checkNext());
  }

  #tell({ id, version }: CellVersion): void {
    let findings;
    try {
      findings = check(this.#program, id);
    } catch (error) {
      console.error(error);
      return;
    }
    const said = JSON.stringify([version, findings]);
    if (this.#said.get(id) === said) return;
    this.#said.set(id, said);
    this.#world.post({ kind: "findings", cell: id, version, findings });
  }
}

/**
 * What one run of a cell shows, in the order in which it was shown, a batch at a time. A flood is cut: what
 * is let through fits a document that a whole team loads.
 */
import { parseBundle, weightOf } from "../bundle.ts";
import type { ConsoleOutput, MimeBundle } from "../mime.ts";
import { bundleOf } from "../outputs.ts";
import { errorWords, textOf } from "../outputs/text.ts";
import type { KeepTable } from "../outputs/table.ts";
import type { Shown } from "../protocol.ts";
import type { GuestWorld } from "./world.ts";

const MOST_LINES = 1_000;
const MOST_PRINTED = 1_000_000;
const MOST_SHOWN = 500;
const MOST_SHOWN_LETTERS = 8_000_000;
const LONGEST_ID = 200;
const BATCH_MS = 50;
/** The page takes in so much without falling behind; a big batch is followed by a longer pause. */
const LETTERS_A_MS = 8_000;

type Level = ConsoleOutput["level"];

export class CellShown {
  readonly #world: Pick<GuestWorld, "post" | "now" | "later">;
  readonly #run: number;
  readonly #keepTable: KeepTable | undefined;
  #batch: Shown[] = [];
  /** Where in the batch stands what was shown under an id. */
  readonly #inBatch = new Map<string, number>();
  #batchLetters = 0;
  #sendAt = -Infinity;
  #cancel: (() => void) | undefined;
  /** Ends when everything shown so far has become bundles. */
  #settled: Promise<void> | undefined;
  #lines = 0;
  #printed = 0;
  #shown = 0;
  #letters = 0;
  /** How many letters stand under each id. */
  readonly #placed = new Map<string, number>();
  #cut = false;

  constructor(
    world: Pick<GuestWorld, "post" | "now" | "later">,
    run: number,
    keepTable?: KeepTable,
  ) {
    this.#world = world;
    this.#run = run;
    this.#keepTable = keepTable;
  }

  display(value: unknown, given: string | null): void {
    const id = typeof given === "string" ? given.slice(0, LONGEST_ID) : null;
    // A loop that shows without end should not make what nobody will see.
    if (this.#full(id)) return this.#sayCut();
    const bundle = attempt(value, this.#keepTable);
    if (!this.#settled && !(bundle instanceof Promise)) return this.#add(bundle, id);
    // Something before it is not ready yet, or it is not: the order stays.
    const before = this.#settled;
    const settled = (async () => {
      await before;
      this.#add(await settle(bundle), id);
    })().finally(() => {
      if (this.#settled === settled) this.#settled = undefined;
    });
    this.#settled = settled;
  }

  print(level: Level, text: string): void {
    if (this.#lines > MOST_LINES || this.#printed > MOST_PRINTED) return this.#sayCut();
    this.#lines += text.split("\n").length;
    this.#printed += text.length;
    if (this.#lines > MOST_LINES || this.#printed > MOST_PRINTED) return this.#sayCut();
    this.#push({ bundle: consoleBundle({ level, text }), id: null }, text.length);
  }

  /** Sends what is left, tensors that are still being read included. */
  async end(): Promise<void> {
    while (this.#settled) await this.#settled;
    this.#send();
  }

  #add(made: MimeBundle | undefined, id: string | null): void {
    if (made === undefined) return;
    const bundle = harmless(made);
    const letters = weightOf(bundle);
    // What takes the place of something takes no more room than it needs itself.
    const before = id === null ? 0 : (this.#placed.get(id) ?? 0);
    if (this.#full(id) || this.#letters + letters - before > MOST_SHOWN_LETTERS)
      return this.#sayCut();
    if (id === null || !this.#placed.has(id)) this.#shown++;
    this.#letters += letters - before;
    if (id !== null) this.#placed.set(id, letters);
    this.#push({ bundle, id }, letters);
  }

  /** Something new has no place any more; what takes the place of something has. */
  #full(id: string | null): boolean {
    return this.#shown >= MOST_SHOWN && !(id !== null && this.#placed.has(id));
  }

  #sayCut(): void {
    if (this.#cut) return;
    this.#cut = true;
    const text = `This cell shows more than fits (${MOST_LINES} lines, ${MOST_SHOWN} outputs): the rest is left out.`;
    this.#push({ bundle: consoleBundle({ level: "warn", text }), id: null }, text.length);
  }

  #push(shown: Shown, letters: number): void {
    this.#batchLetters += letters;
    const at = shown.id === null ? undefined : this.#inBatch.get(shown.id);
    if (at !== undefined) this.#batch[at] = shown;
    else {
      if (shown.id !== null) this.#inBatch.set(shown.id, this.#batch.length);
      this.#batch.push(shown);
    }
    // A loop that lets no timer in should still show what it does.
    const wait = this.#sendAt - this.#world.now();
    if (wait <= 0) this.#send();
    else this.#cancel ??= this.#world.later(wait, () => this.#send());
  }

  #send(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#batch.length === 0) return;
    this.#world.post({ kind: "outputs", run: this.#run, shown: joinLines(this.#batch) });
    this.#sendAt =
      this.#world.now() + Math.max(BATCH_MS, Math.min(2000, this.#batchLetters / LETTERS_A_MS));
    this.#batch = [];
    this.#inBatch.clear();
    this.#batchLetters = 0;
  }
}

/** A value that cannot be shown must not stop the cell. */
function attempt(value: unknown, keepTable?: KeepTable): ReturnType<typeof bundleOf> {
  try {
    return bundleOf(value, keepTable);
  } catch (error) {
    return cannotShow(why(error));
  }
}

async function settle(bundle: ReturnType<typeof bundleOf>): Promise<MimeBundle | undefined> {
  try {
    return await bundle;
  } catch (error) {
    return cannotShow(why(error));
  }
}

/** The same bundle as the page will read it: what a value's own code made of itself may be anything. */
function harmless(bundle: MimeBundle): MimeBundle {
  try {
    return parseBundle(bundle) ?? cannotShow("it is too large, or no kind of output");
  } catch (error) {
    return cannotShow(why(error));
  }
}

function cannotShow(reason: string): MimeBundle {
  return consoleBundle({ level: "warn", text: `This value could not be shown: ${reason}` });
}

/** What was thrown may itself be made so that it throws. */
function why(error: unknown): string {
  try {
    return error instanceof Error ? errorWords(error).replace(/^Error: /, "") : textOf(error);
  } catch {
    return "it throws when it is looked at";
  }
}

function consoleBundle(output: ConsoleOutput): MimeBundle {
  return { "application/vnd.ensemble.console+json": output, "text/plain": output.text };
}

/** Lines of one level that were printed one after the other become one output. */
function joinLines(batch: readonly Shown[]): Shown[] {
  const joined: Shown[] = [];
  let lines: { readonly level: Level; readonly texts: string[] } | undefined;
  const flush = (): void => {
    if (lines)
      joined.push({
        bundle: consoleBundle({ level: lines.level, text: lines.texts.join("\n") }),
        id: null,
      });
    lines = undefined;
  };
  for (const one of batch) {
    const line = one.bundle["application/vnd.ensemble.console+json"] as ConsoleOutput | undefined;
    if (!line || one.id !== null) {
      flush();
      joined.push(one);
    } else if (lines?.level === line.level) lines.texts.push(line.text);
    else {
      flush();
      lines = { level: line.level, texts: [line.text] };
    }
  }
  flush();
  return joined;
}

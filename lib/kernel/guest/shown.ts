/**
 * What one run of a cell shows, in the order in which it was shown, a batch at a time. A flood is cut: what
 * is let through fits a document that a whole team loads.
 */
import type { ConsoleOutput, MimeBundle } from "../mime.ts";
import { bundleOf } from "../outputs.ts";
import type { KeepTable } from "../outputs/table.ts";
import type { Shown } from "../protocol.ts";
import type { GuestWorld } from "./world.ts";

const MOST_LINES = 1_000;
const MOST_PRINTED = 1_000_000;
const MOST_SHOWN = 500;
const MOST_SHOWN_LETTERS = 8_000_000;
const BATCH_MS = 50;

type Level = ConsoleOutput["level"];

export class CellShown {
  readonly #world: Pick<GuestWorld, "post" | "now" | "later">;
  readonly #keepTable: KeepTable | undefined;
  #batch: Shown[] = [];
  #sentAt = -BATCH_MS;
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

  constructor(world: Pick<GuestWorld, "post" | "now" | "later">, keepTable?: KeepTable) {
    this.#world = world;
    this.#keepTable = keepTable;
  }

  display(value: unknown, id: string | null): void {
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
    const lines = text.split("\n").length;
    this.#lines += lines;
    this.#printed += text.length;
    if (this.#lines > MOST_LINES || this.#printed > MOST_PRINTED) return this.#sayCut();
    this.#push({ bundle: consoleBundle({ level, text }), id: null });
  }

  /** Sends what is left, tensors that are still being read included. */
  async end(): Promise<void> {
    while (this.#settled) await this.#settled;
    this.#send();
  }

  #add(bundle: MimeBundle | undefined, id: string | null): void {
    if (!bundle) return;
    const letters = lettersOf(bundle);
    // What takes the place of something takes no more room than it needs itself.
    const before = id === null ? 0 : (this.#placed.get(id) ?? 0);
    if (id === null || !this.#placed.has(id)) this.#shown++;
    this.#letters += letters - before;
    if (id !== null) this.#placed.set(id, letters);
    if (this.#shown > MOST_SHOWN || this.#letters > MOST_SHOWN_LETTERS) return this.#sayCut();
    const at = id === null ? -1 : this.#batch.findIndex((one) => one.id === id);
    if (at < 0) this.#push({ bundle, id });
    else this.#batch[at] = { bundle, id };
  }

  #sayCut(): void {
    if (this.#cut) return;
    this.#cut = true;
    const text = `This cell shows more than fits (${MOST_LINES} lines, ${MOST_SHOWN} outputs): the rest is left out.`;
    this.#push({ bundle: consoleBundle({ level: "warn", text }), id: null });
  }

  #push(shown: Shown): void {
    this.#batch.push(shown);
    // A loop that lets no timer in should still show what it does.
    if (this.#world.now() - this.#sentAt >= BATCH_MS) this.#send();
    else this.#cancel ??= this.#world.later(BATCH_MS, () => this.#send());
  }

  #send(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#batch.length === 0) return;
    this.#world.post({ kind: "outputs", shown: joinLines(this.#batch) });
    this.#batch = [];
    this.#sentAt = this.#world.now();
  }
}

/** A value that cannot be shown must not stop the cell. */
function attempt(value: unknown, keepTable?: KeepTable): ReturnType<typeof bundleOf> {
  try {
    return bundleOf(value, keepTable);
  } catch (error) {
    return cannotShow(error);
  }
}

async function settle(bundle: ReturnType<typeof bundleOf>): Promise<MimeBundle | undefined> {
  try {
    return await bundle;
  } catch (error) {
    return cannotShow(error);
  }
}

function cannotShow(error: unknown): MimeBundle {
  const why = error instanceof Error ? error.message : String(error);
  return consoleBundle({ level: "warn", text: `This value could not be shown: ${why}` });
}

function consoleBundle(output: ConsoleOutput): MimeBundle {
  return { "application/vnd.ensemble.console+json": output, "text/plain": output.text };
}

function lettersOf(bundle: MimeBundle): number {
  return Object.values(bundle).reduce<number>(
    (sum, json) => sum + (typeof json === "string" ? json.length : JSON.stringify(json).length),
    0,
  );
}

/** Lines of one level that were printed one after the other become one output. */
function joinLines(batch: readonly Shown[]): Shown[] {
  const joined: Shown[] = [];
  for (const one of batch) {
    const [before, now] = [joined.at(-1), one].map(
      (shown) =>
        shown?.bundle["application/vnd.ensemble.console+json"] as ConsoleOutput | undefined,
    );
    if (!before || !now || before.level !== now.level) joined.push(one);
    else {
      const text = `${before.text}\n${now.text}`;
      joined[joined.length - 1] = { bundle: consoleBundle({ level: now.level, text }), id: null };
    }
  }
  return joined;
}

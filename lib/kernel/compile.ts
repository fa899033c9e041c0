/**
 * A cell's TypeScript: what it defines and reads, what is wrong with it and where, and the code that the
 * worker runs. Pure, and quick enough for every edit: what was analysed is remembered by its source.
 */
import { SourceError, toJavaScript } from "./compile/javascript.ts";
import { type CellAnalysis, analyseNames } from "./compile/names.ts";
import { rewrite } from "./compile/rewrite.ts";
import type { ErrorOutput } from "./mime.ts";

export type { CellAnalysis };

export type Analysed = ({ readonly ok: true } & CellAnalysis) | Refused;

export type Compiled =
  { readonly ok: true; readonly code: string; readonly analysis: CellAnalysis } | Refused;

interface Refused {
  readonly ok: false;
  readonly error: ErrorOutput;
  /** The name that it gives a value and does not declare, where that is what is wrong. */
  readonly assigns?: string;
}

/** Its syntax tree is let go at once: kept, it would cost more than reading it did. */
type Read =
  | { readonly ok: true; readonly code: string; readonly analysed: Analysed & { ok: true } }
  | Refused;

const MOST_REMEMBERED = 500;
const remembered = new Map<string, Read>();

/** What a cell defines and reads, or its first mistake. The same object for the same source. */
export function analyseCell(source: string): Analysed {
  const found = read(source);
  return found.ok ? found.analysed : found;
}

/** What the kernel runs (CellRun.code). It means nothing to anybody else. */
export function compileCell(source: string): Compiled {
  const found = read(source);
  if (!found.ok) return found;
  const { ok, ...analysis } = found.analysed;
  return { ok, code: found.code, analysis };
}

function read(source: string): Read {
  const known = remembered.get(source);
  remembered.delete(source);
  const found = known ?? readAnew(source);
  remembered.set(source, found);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= MOST_REMEMBERED) break;
    remembered.delete(oldest);
  }
  return found;
}

function readAnew(source: string): Read {
  try {
    const javascript = toJavaScript(source);
    const analysis = analyseNames(javascript);
    return {
      ok: true,
      code: rewrite(javascript, analysis),
      analysed: { ok: true, ...analysis },
    };
  } catch (error) {
    if (error instanceof SourceError) {
      const { output, assigns } = error;
      return { ok: false, error: output, ...(assigns === undefined ? {} : { assigns }) };
    }
    throw error;
  }
}

/** What is wrong with a cell, in words for somebody who writes one. */
import ts from "typescript";
import type { Finding } from "./answers.ts";
import { missingImports } from "./packageNames.ts";
import type { CellProgram } from "./program.ts";

const MOST = 50;
const LONGEST = 600;

/** The kernel says these itself, with the cells concerned and what to do. */
const SAID_ELSEWHERE = new Set([
  2307, // there is no such package
  2632, // another cell's name is given a value
]);

/** True, and no mistake in a notebook: a comma without effect; parameters and variables without a type. */
function isNoMistake(code: number): boolean {
  return code === 2695 || (code >= 7005 && code <= 7058);
}

/** "Cannot find name", as TypeScript says it in its several moods: "did you mean", "change your library" … */
const UNKNOWN_NAME = new Set([
  2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2867, 2868,
]);

/** What a page has and a cell must not have. */
const WITHHELD: ReadonlyMap<string, string> = new Map([
  ...["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "Request", "WebTransport"].map(
    (name) =>
      [
        name,
        "A cell has no network. Import a file under Datasets, and read it with dataset().",
      ] as const,
  ),
  ...["document", "window", "alert", "location", "history"].map(
    (name) => [name, "A cell runs apart from the page. To show something, display() it."] as const,
  ),
  ...["localStorage", "sessionStorage", "indexedDB", "caches"].map(
    (name) => [name, "A cell has no storage of its own."] as const,
  ),
  ...["require", "process", "module", "exports"].map(
    (name) => [name, "A cell runs in the browser, and takes packages by import."] as const,
  ),
]);

export function check(program: CellProgram, cell: string): readonly Finding[] {
  const path = program.pathOf(cell);
  const { service } = program;
  const syntax = service.getSyntacticDiagnostics(path);
  // A text that cannot be read means nothing yet: its types would only add noise.
  const found = syntax.length > 0 ? syntax : service.getSemanticDiagnostics(path);
  const shift = program.offsetOf(cell);
  const length = program.source(cell)?.length ?? 0;
  const findings: Finding[] = [];
  for (const diagnostic of found) {
    if (SAID_ELSEWHERE.has(diagnostic.code) || isNoMistake(diagnostic.code)) continue;
    const from = (diagnostic.start ?? 0) - shift;
    if (from < 0 || findings.length >= MOST) continue;
    findings.push({
      from: Math.min(from, length),
      to: Math.min(from + (diagnostic.length ?? 0), length),
      severity: syntax.length > 0 ? "error" : "warning",
      ...worded(program, diagnostic),
    });
  }
  return findings;
}

function worded(
  program: CellProgram,
  { code, messageText }: ts.Diagnostic,
): { message: string; line?: string } {
  const text = ts.flattenDiagnosticMessageText(messageText, "\n");
  const name = /'([^']+)'/.exec(text)?.[1];
  if (!UNKNOWN_NAME.has(code) || name === undefined) return { message: text.slice(0, LONGEST) };
  const withheld = WITHHELD.get(name);
  if (withheld !== undefined) return { message: `There is no ${name} here. ${withheld}` };
  const importable = missingImports(program).find((one) => one.name === name);
  if (importable)
    return { message: `${name} is not imported: ${importable.line}`, line: importable.line };
  const meant = /Did you mean (?:the instance member )?'([^']+)'/.exec(text)?.[1];
  return {
    message:
      meant === undefined
        ? `Nothing here is called ${name}: no cell declares it, and it is not imported.`
        : `Nothing here is called ${name}. Did you mean ${meant}?`,
  };
}

/** How fast code is read: a notebook planned anew after an edit, a long cell compiled. In Node, without a page. */
import * as Y from "yjs";
import type { CellId } from "../../lib/base/ids.ts";
import * as compiler from "../../lib/kernel/compile.ts";
import { planRun } from "../../lib/kernel/plan.ts";
import { NotebookCode } from "../../lib/notebook/code.ts";
import { addCell, cellText } from "../../lib/notebook/notebook.ts";

const CELLS = 1000;
const CHAPTER = 25;
const EDITS = 200;
const COMPILES = 240;
/** So many go by until the engine has optimised the parsers, as it has after a minute of typing. */
const WARM_UP = 60;

/**
 * Milliseconds for each of many edits in a notebook of chapters, in which a cell reads the two before it and the
 * first two of all: the edited cell read, the graph, what every cell depends on, and the order of all that is stale.
 * Every other edit adds a name, so that the graph is made anew.
 */
export function replanning(): number[] {
  const doc = new Y.Doc();
  const ids = Array.from({ length: CELLS }, (_, i) => `c${i}` as CellId);
  ids.forEach((id, i) => addCell(doc, id, "code", { source: cellSource(i) }));
  const code = new NotebookCode(doc);
  code.use(compiler);
  code.read(() => []);
  const times: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    const at = ids[(edit * 37) % CELLS] ?? ("c0" as CellId);
    cellText(doc, at)?.insert(0, edit % 2 ? "/* a note */ " : `const w${edit} = 1; `);
    const began = performance.now();
    code.read(() => []);
    const stale = new Set([at]);
    for (const id of ids) if (code.upstream(id)?.includes(at)) stale.add(id);
    const { graph } = code;
    if (!graph) throw new Error("no graph");
    const plan = planRun(graph, [...stale], {
      fresh: (cell) => !stale.has(cell),
      trainersSince: () => [],
    });
    times.push(performance.now() - began);
    if (plan.order.length !== stale.size) throw new Error("not all that is stale was planned");
  }
  return times.slice(EDITS / 10);
}

function cellSource(i: number): string {
  if (i < 2) return `const v${i} = ${i};`;
  const [a, b] = i % CHAPTER < 2 ? [0, 1] : [i - 1, i - 2];
  return `// cell ${i}\nconst v${i} = v${a} + v${b} * v0 + v1;\nv${i} * 2`;
}

/** Milliseconds for each of many new cells of 200 lines, none like another. */
export function compiling(): number[] {
  const times: number[] = [];
  for (let i = 0; i < COMPILES; i++) {
    const source = longCell(i);
    const began = performance.now();
    const compiled = compiler.compileCell(source);
    times.push(performance.now() - began);
    if (!compiled.ok) throw new Error(compiled.error.message);
  }
  return times.slice(WARM_UP);
}

function longCell(seed: number): string {
  const block = (n: number): string => `interface Row${n} { readonly name: string; value?: number }
const rows${n}: Row${n}[] = await load${n}<Row${n}>("table ${seed}", { limit: ${n} });
function mean${n}(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value ?? 0;
  return values.length > 0 ? sum / values.length : NaN;
}
enum Kind${n} { Small = 1, Large = ${n + 2} }
const { a: first${n} = 1, ...rest${n} } = { a: ${seed}, b: [...rows${n}].map((row) => row.value!) };
console.log(\`\${first${n}} of \${rest${n}.b.length}\`, mean${n}(rest${n}.b) satisfies number, Kind${n}.Large);`;
  return Array.from({ length: 20 }, (_, n) => block(n)).join("\n");
}

/** The names under which people know what they can import, so that a cell which lacks the import can be given it. */
import type { CellProgram } from "./program.ts";

interface Importable {
  readonly name: string;
  readonly from: string;
  readonly line: string;
}

const packages: readonly Importable[] = (
  [
    ["tf", "@tensorflow/tfjs"],
    ["Plot", "@observablehq/plot"],
    ["aq", "arquero"],
    ["d3", "d3"],
  ] as const
).map(([name, from]) => ({ name, from, line: `import * as ${name} from "${from}";` }));

/** By what people call them; and everything that "ensemble" offers. */
export function missingImports(program: CellProgram): readonly Importable[] {
  return [
    ...packages,
    ...program.ensemble.map((name) => ({
      name,
      from: "ensemble",
      line: `import { ${name} } from "ensemble";`,
    })),
  ];
}

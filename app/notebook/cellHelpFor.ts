/** What one cell's editor asks of its notebook's language service. */
import type { CellId } from "../../lib/base/ids.ts";
import type { NotebookLanguage } from "../language/notebookLanguage.ts";
import type { CellHelp } from "./editor/cellHelp.ts";

/** `where`: the words for a cell's place. `goto`: puts the caret into a cell. */
export function helpFor(
  language: NotebookLanguage,
  cell: CellId,
  where: (cell: string) => string,
  goto: (line: number, column: number, cell: string) => void,
): CellHelp {
  return {
    wake: () => language.wake(),
    get ready() {
      return language.ready;
    },
    whenReady: (act) => language.whenReady(act),
    suggest: (offset) => language.ask({ kind: "suggest", cell, offset }),
    explain: (offset, name) => language.ask({ kind: "explain", cell, offset, name }),
    hover: (offset) => language.ask({ kind: "hover", cell, offset }),
    signature: (offset) => language.ask({ kind: "signature", cell, offset }),
    async goToDefinition(offset) {
      const place = await language.ask({ kind: "definition", cell, offset });
      if (!place) return false;
      const { line, column } = language.placeOf(place.cell, place.offset);
      goto(line, column, place.cell);
      return true;
    },
    watch: (tell) => language.watch(cell, tell),
    where,
  };
}

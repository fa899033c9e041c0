/** What a name is, while the pointer rests on it. */
import type { Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import type { CellHelp } from "./cellHelp.ts";
import { explanationDom } from "./explanation.ts";

export function hoverType(help: CellHelp): Extension {
  return hoverTooltip(
    async (_view, at) => {
      const found = help.ready ? await help.hover(at) : undefined;
      if (!found) return null;
      return {
        pos: found.from,
        end: found.to,
        above: true,
        create: () => ({ dom: explanationDom(found) }),
      };
    },
    { hideOnChange: true },
  );
}

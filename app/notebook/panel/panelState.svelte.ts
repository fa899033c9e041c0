/** Which tab of the panel is open beside this notebook, and the ways to open one from the palette. */
import Variable from "@lucide/svelte/icons/variable";
import Workflow from "@lucide/svelte/icons/workflow";
import type { PageCommand } from "../../workspace/pageCommands.ts";
import { type PanelTab, rememberTab, rememberedTab } from "./panelChoice.ts";

export class PanelState {
  #tab = $state.raw(rememberedTab());

  readonly commands: readonly PageCommand[] = [
    { key: "graph", words: "Show the graph", icon: Workflow, act: () => this.open("graph") },
    {
      key: "variables",
      words: "Show the variables",
      icon: Variable,
      act: () => this.open("variables"),
    },
  ];

  /** Undefined while it is closed. */
  get tab(): PanelTab | undefined {
    return this.#tab;
  }

  open(tab: PanelTab | undefined): void {
    this.#tab = tab;
    rememberTab(tab);
  }

  toggle(tab: PanelTab): void {
    this.open(tab === this.#tab ? undefined : tab);
  }
}

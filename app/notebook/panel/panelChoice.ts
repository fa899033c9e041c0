/** What this person wants to see beside a notebook. Kept in this browser. */

export const panelTabs = ["graph", "variables", "history"] as const;
export type PanelTab = (typeof panelTabs)[number];

export const tabNames: { readonly [tab in PanelTab]: string } = {
  graph: "Graph",
  variables: "Variables",
  history: "History",
};

const KEY = "ensemble.panel";
/** Narrower than this the panel lies over the page, and comes only when it is called. */
const BESIDE = "(min-width: 1121px)";

export function isBeside(): boolean {
  return typeof matchMedia === "function" && matchMedia(BESIDE).matches;
}

/** What was open last, where there is room for it beside the page. */
export function rememberedTab(): PanelTab | undefined {
  try {
    if (!isBeside()) return undefined;
    return panelTabs.find((tab) => tab === localStorage.getItem(KEY));
  } catch {
    return undefined; // storage is switched off
  }
}

export function rememberTab(tab: PanelTab | undefined): void {
  try {
    if (tab === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, tab);
  } catch {
    // it holds for this page alone
  }
}

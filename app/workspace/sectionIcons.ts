/** The icon of each section, in the navigation and wherever else it is named. */
import ChartSpline from "@lucide/svelte/icons/chart-spline";
import HardDrive from "@lucide/svelte/icons/hard-drive";
import NotebookText from "@lucide/svelte/icons/notebook-text";
import Table2 from "@lucide/svelte/icons/table-2";
import Users from "@lucide/svelte/icons/users";
import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";
import type { Section } from "../router.ts";

export const sectionIcons: { readonly [section in Section]: Component<LucideProps> } = {
  notebooks: NotebookText,
  datasets: Table2,
  runs: ChartSpline,
  people: Users,
  storage: HardDrive,
};

/**
 * Fetches the code behind a workspace's address side by side, as soon as the address is known: one after
 * another, as the components ask for it, takes twice as long.
 */
import { loadEditor } from "../notebook/loadEditor.ts";
import type { Route } from "../router.ts";
import { pageFor } from "./pages.ts";

export function fetchAhead(route: Route): void {
  if (route.page !== "workspace") return;
  const parts: (() => Promise<unknown>)[] = [
    () => import("./Workspace.svelte"),
    () => import("../../lib/platform/browser/session.ts"),
  ];
  const page = pageFor(route.section, route.id);
  if (page) parts.push(page);
  if (route.section === "notebooks" && route.id !== undefined) parts.push(loadEditor);
  // What cannot be had now is asked for again by whoever needs it, and said there.
  for (const load of parts) load().catch(() => undefined);
}

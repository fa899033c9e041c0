/**
 * Where the person is, from the URL, and how to go elsewhere without a reload.
 * URLs are plain and can be shared: /w/<workspace>/notebooks/<id>.
 */
import { createSubscriber } from "svelte/reactivity";
import { type WorkspaceId, isId } from "../lib/base/ids.ts";
import { isWorkspaceId } from "../lib/document/rooms.ts";
import { rememberScroll } from "./scroll.ts";

export const sections = ["notebooks", "datasets", "runs", "people", "storage"] as const;
export type Section = (typeof sections)[number];

export type Route =
  | { readonly page: "home" }
  | { readonly page: "join"; readonly workspace: WorkspaceId; readonly secret: string }
  /** A second device of the same person, or a new one of somebody who lost theirs. */
  | { readonly page: "device" | "recover"; readonly secret: string }
  | {
      readonly page: "workspace";
      readonly workspace: WorkspaceId;
      readonly section: Section;
      readonly id: string | undefined;
    }
  | { readonly page: "unknown"; readonly path: string };

export function parseRoute(path: string, fragment: string): Route {
  const [, first, workspace, section = "notebooks", id] = path.replace(/\/+$/, "").split("/");
  if (first === undefined || first === "") return { page: "home" };
  if ((first === "device" || first === "recover") && workspace === undefined)
    return { page: first, secret: fragment.replace(/^#/, "") };
  if (workspace === undefined || !isWorkspaceId(workspace)) return { page: "unknown", path };
  if (first === "join") return { page: "join", workspace, secret: fragment.replace(/^#/, "") };
  if (first !== "w" || !isSection(section)) return { page: "unknown", path };
  if (id !== undefined && !isId(id)) return { page: "unknown", path };
  return { page: "workspace", workspace, section, id };
}

export function pathTo(workspace: WorkspaceId, section?: Section, id?: string): string {
  return ["", "w", workspace, section, id].filter((part) => part !== undefined).join("/");
}

function isSection(text: string): text is Section {
  return (sections as readonly string[]).includes(text);
}

const NAVIGATED = "ensemble-navigated";
const subscribe = createSubscriber((update) => {
  addEventListener("popstate", update);
  addEventListener(NAVIGATED, update);
  return () => {
    removeEventListener("popstate", update);
    removeEventListener(NAVIGATED, update);
  };
});

export const router = {
  get route(): Route {
    subscribe();
    return parseRoute(location.pathname, location.hash);
  },
  go(path: string, options: { replace?: boolean } = {}): void {
    if (options.replace === true) history.replaceState(null, "", path);
    else {
      rememberScroll();
      history.pushState(null, "", path);
    }
    dispatchEvent(new Event(NAVIGATED));
    if (options.replace !== true) scrollTo(0, 0);
  },
};

/** Plain clicks on links within the app go through the router; everything else is the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target !== "" || link.origin !== location.origin || link.download !== "")
    return;
  if (link.pathname === location.pathname && link.hash !== "") return;
  event.preventDefault();
  router.go(link.pathname + link.search + link.hash);
}

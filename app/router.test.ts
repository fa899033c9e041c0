import { afterEach, expect, it, vi } from "vitest";
import { joinPathIn } from "./join/inviteLink.ts";
import { followLinks, parseRoute, pathTo, router } from "./router.ts";
import type { WorkspaceId } from "../lib/base/ids.ts";

const W = "abcdefghijklmnopqrstuvwxyz" as WorkspaceId;
const ID = "aaaaaaaaaaaaaaaa";

afterEach(() => history.replaceState(null, "", "/"));

it("reads the plain addresses that people share, and writes the same", () => {
  expect(parseRoute("/", "")).toEqual({ page: "home" });
  for (const section of ["notebooks", "datasets", "runs"] as const) {
    const there = { page: "workspace", workspace: W, section };
    expect(parseRoute(pathTo(W, section), "")).toEqual({ ...there, id: undefined });
    expect(parseRoute(pathTo(W, section, ID), "")).toEqual({ ...there, id: ID });
  }
  expect(parseRoute(`/w/${W}/`, "")).toMatchObject({ page: "workspace", section: "notebooks" });
});

it("keeps the secret of an invite out of the path", () => {
  expect(parseRoute(`/join/${W}`, "#key.secret")).toEqual({
    page: "join",
    workspace: W,
    secret: "key.secret",
  });
});

it("says of every other address that it is unknown", () => {
  for (const path of ["/w", "/w/short", `/w/${W}/models`, `/w/${W}/runs/NOT-AN-ID`, `/x/${W}`])
    expect(parseRoute(path, "")).toEqual({ page: "unknown", path });
});

it("follows plain clicks within the app, and leaves all others to the browser", () => {
  const go = vi.spyOn(router, "go").mockImplementation(() => undefined);
  document.body.innerHTML = `<a id="in" href="/w/${W}">in</a><a id="out" href="https://elsewhere.example/">out</a>
    <a id="file" href="/x.csv" download="x.csv">file</a>`;
  const click = (id: string, init: MouseEventInit = {}): boolean => {
    const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...init });
    document.body.addEventListener("click", followLinks, { once: true });
    document.getElementById(id)?.dispatchEvent(event);
    document.body.removeEventListener("click", followLinks);
    return event.defaultPrevented;
  };
  expect(click("in")).toBe(true);
  expect(go).toHaveBeenCalledWith(`/w/${W}`);
  expect(click("in", { ctrlKey: true })).toBe(false);
  expect(click("out")).toBe(false);
  expect(click("file")).toBe(false);
  expect(go).toHaveBeenCalledOnce();
  go.mockRestore();
  document.body.replaceChildren();
});

it("finds a whole invite in what was pasted, and takes nothing less", () => {
  const invite = `#${"A".repeat(43)}.${"A".repeat(43)}`;
  const link = `https://ensemble.example/join/${W}${invite}`;
  expect(joinPathIn(`  join us: ${link} \n`)).toBe(`/join/${W}${invite}`);
  expect(joinPathIn(link.slice(0, -5))).toBeUndefined();
  expect(joinPathIn(`https://ensemble.example/w/${W}`)).toBeUndefined();
});

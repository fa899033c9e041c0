// @vitest-environment jsdom
// The pages around a notebook, as somebody meets them who looks for things by role and name.
import { type Component, flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { MemberId, WorkspaceId } from "../lib/base/ids.ts";
import { listCells } from "../lib/notebook/notebook.ts";
import { listNotebooks, workspaceTitle } from "../lib/document/indexDoc.ts";
import type { Connection, Member } from "../lib/workspace/session.ts";
import type { WorkspaceFailure } from "../lib/workspace/workspaces.ts";
import type { MemorySession } from "../lib/testing/memorySession.ts";
import { MemoryWorkspaces } from "../lib/testing/memoryWorkspaces.ts";
import Home from "./home/Home.svelte";
import Join from "./join/Join.svelte";
import People from "./people/People.svelte";
import Frame from "./workspace/Frame.svelte";
import Share from "./workspace/Share.svelte";
import Workspace from "./workspace/Workspace.svelte";

const W = "abcdefghijklmnopqrstuvwxyz" as WorkspaceId;
const INVITE = `${"A".repeat(43)}.${"A".repeat(43)}`;
const jun: Member = { id: "jun" as MemberId, name: "Jun Tanaka", role: "editor" };

let workspaces: MemoryWorkspaces;
let opened: string[];
let page: ReturnType<typeof mount> | undefined;
const onopen = (path: string): void => void opened.push(path);

beforeAll(() => {
  class Watcher {
    observe(): void {
      // nothing has a size here
    }
    unobserve(): void {
      // nothing to forget
    }
    disconnect(): void {
      // nothing to forget
    }
  }
  vi.stubGlobal("ResizeObserver", Watcher);
  vi.stubGlobal("scrollTo", () => undefined);
});

beforeEach(() => {
  workspaces = new MemoryWorkspaces();
  opened = [];
});

afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  document.body.replaceChildren();
  history.replaceState(null, "", "/");
});

function show<Props extends object>(component: Component<Props>, props: Props): void {
  page = mount(component, { target: document.body, props });
  flushSync();
}

const says = (words: string | RegExp): boolean =>
  typeof words === "string"
    ? document.body.textContent.includes(words)
    : words.test(document.body.textContent);
const button = (name: string, within: ParentNode = document): HTMLButtonElement => {
  const found = [...within.querySelectorAll("button")].find(
    (one) => (one.getAttribute("aria-label") ?? one.textContent.trim()) === name,
  );
  if (!found) throw new Error(`no button "${name}"`);
  return found;
};
const labelled = <E extends Element>(name: string): E => {
  const found = document.querySelector<E>(`[aria-label="${name}"]`);
  if (!found) throw new Error(`nothing is called "${name}"`);
  return found;
};
const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => {
    flushSync();
    if (!condition()) throw new Error("not yet");
  });

function fill(input: HTMLInputElement, text: string): void {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function openFrame(role: Member["role"], others: readonly Member[] = []): Promise<MemorySession> {
  const session = workspaces.add(W, { role, others });
  return session.open("index").then((room) => {
    show(Frame, { workspaces, session, room, section: "people", id: undefined, onopen } as never);
    return session;
  });
}

it("makes a workspace at one press and goes there", async () => {
  show(Home, { workspaces, onopen });
  expect(says("No workspaces yet")).toBe(true);
  button("New workspace").click();
  await until(() => opened.length === 1);
  expect(opened[0]).toBe(`/w/${workspaces.list.current[0]?.id ?? ""}`);
  const list = labelled<HTMLElement>("Workspaces");
  expect(list.querySelectorAll("li")).toHaveLength(1);
  expect(list.textContent).toContain("Only on this device");
});

it("opens an example as a workspace with its notebook written in it", async () => {
  show(Home, { workspaces, onopen });
  const articles = [...document.querySelectorAll("article")];
  expect(articles.map((one) => one.querySelector("h3")?.textContent)).toEqual([
    "Two moons",
    "Drawn digits",
    "A table with gaps",
  ]);
  for (const article of articles) {
    opened = [];
    button("Open example", article).click();
    await until(() => opened.length === 1);
    const [, , workspace, , id] = (opened[0] ?? "").split("/");
    const session = await workspaces.open(workspace as WorkspaceId);
    const index = (await session.open("index")).doc;
    expect(listNotebooks(index).map((entry) => entry.id)).toEqual([id]);
    expect(workspaceTitle(index)).toBe(article.querySelector("h3")?.textContent);
    const cells = listCells((await session.open(`notebook/${id ?? ""}` as never)).doc);
    expect(cells[0]?.source).toMatch(/^# /);
    expect(cells.filter((cell) => cell.kind === "code").length).toBeGreaterThan(4);
  }
});

it("lets the holder of an invite in under the name that they give", async () => {
  show(Join, { workspaces, workspace: W, secret: INVITE });
  fill(document.querySelector<HTMLInputElement>("#join-name")!, "Jun Tanaka");
  button("Join workspace").click();
  await until(() => location.pathname === `/w/${W}`);
  expect(workspaces.joined).toEqual([INVITE]);
  expect(workspaces.myName.current).toBe("Jun Tanaka");
});

it("says in words why an invite does not let somebody in, and what to do", async () => {
  const failures: readonly [WorkspaceFailure["code"], RegExp][] = [
    ["invite-used-up", /used up.*new invite/s],
    ["invite-expired", /expired.*new invite/s],
    ["invite-unknown", /not known.*new link/s],
    ["workspace-unknown", /not here.*invite link/s],
    ["server-unreachable", /cannot be reached.*connection/s],
  ];
  for (const [code, words] of failures) {
    workspaces.joinFailure = { code };
    show(Join, { workspaces, workspace: W, secret: INVITE });
    button("Join workspace").click();
    await until(() => document.querySelector("[role=alert]") !== null);
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(words);
    if (page) await unmount(page);
  }
  page = undefined;
});

it("knows a link that was cut short without asking anybody", () => {
  show(Join, { workspaces, workspace: W, secret: INVITE.slice(0, 60) });
  expect(says(/not whole/)).toBe(true);
  expect(workspaces.joined).toEqual([]);
});

it("says of a workspace that this browser does not have that one needs an invite", async () => {
  const route = { page: "workspace", workspace: W, section: "notebooks", id: undefined } as const;
  show(Workspace, { workspaces, route, onopen });
  await until(() => says("This workspace is not here"));
  expect(says(/invite link/)).toBe(true);
});

it("tells the connection in one of four words", async () => {
  const session = await openFrame("editor");
  const status = labelled<HTMLElement>("Connection");
  expect(status.getAttribute("role")).toBe("status");
  const words: readonly [Connection, string][] = [
    [{ kind: "saving", pending: 3 }, "Saving"],
    [{ kind: "offline", pending: 12 }, "Offline"],
    [{ kind: "read-only" }, "Read only"],
    [{ kind: "refused", reason: "not-a-member" }, "Offline"],
    [{ kind: "saved" }, "Saved"],
  ];
  for (const [connection, word] of words) {
    session.connection.set(connection);
    await until(() => status.textContent === word);
  }
});

it("tells aloud that the server is gone or back, and nothing of the keys that are on their way", async () => {
  const session = await openFrame("editor");
  const status = labelled<HTMLElement>("Connection");
  const aloud = [...document.querySelectorAll("[aria-live=polite]")];
  const said = (): string => aloud.map((one) => one.textContent).join("");
  const shows = async (connection: Connection, word: string): Promise<void> => {
    session.connection.set(connection);
    await until(() => status.textContent === word);
  };
  expect(status.getAttribute("aria-live")).toBe("off");
  await shows({ kind: "saving", pending: 1 }, "Saving");
  await shows({ kind: "saved" }, "Saved");
  expect(said()).toBe("");
  await shows({ kind: "offline", pending: 0 }, "Offline");
  expect(said()).toMatch(/cannot be reached/);
  await shows({ kind: "saved" }, "Saved");
  expect(said()).toBe("Online again");
});

it("shows who is here under the name of their membership, and takes this tab off the list when it leaves", async () => {
  const session = await openFrame("owner", [jun]);
  const { awareness } = await session.open("index");
  awareness.getStates().set(4711, {
    member: "jun",
    name: "Somebody else",
    at: { page: "../../../evil", label: "Titanic" },
  });
  awareness.emit("change", []);
  flushSync();
  const here = labelled<HTMLElement>("People here");
  expect(here.textContent).toMatch(/you.*Jun.*Titanic/s);
  expect(here.querySelectorAll("a")[1]?.getAttribute("href")).toBe(`/w/${W}`);
  expect(awareness.getLocalState()).toMatchObject({ member: "me", at: { page: "people" } });
  if (page) await unmount(page);
  page = undefined;
  expect(awareness.getLocalState()).toBeNull();
});

it("makes an invite link for a role, for so many people and so long", async () => {
  const session = workspaces.add(W, { role: "owner" });
  const connection = { kind: "offline", pending: 0 } as const;
  session.connection.set(connection);
  show(Share, { workspaces, session, connection, onclose: () => undefined });
  await tick();
  const role = labelled<HTMLSelectElement>("Role");
  expect([...role.options].map((option) => option.text)).toEqual(["Editor", "Viewer", "Owner"]);
  role.value = "viewer";
  role.dispatchEvent(new Event("change", { bubbles: true }));
  button("Create invite link").click();
  await until(() => document.querySelector(`[aria-label="Invite link"]`) !== null);
  const link = labelled<HTMLInputElement>("Invite link");
  expect(link.readOnly).toBe(true);
  expect(link.value).toMatch(new RegExp(`^${location.origin}/join/${W}#`));
  expect(session.invites).toMatchObject([{ role: "viewer", uses: 25 }]);
  expect(says("it works once this device has been online")).toBe(true);
});

it("lets only owners invite, change roles and remove", async () => {
  const session = workspaces.add(W, { role: "editor", others: [{ ...jun, role: "owner" }] });
  const connection = { kind: "saved" } as const;
  show(Share, { workspaces, session, connection, onclose: () => undefined });
  await until(() => says("Ask Jun for a link"));
  if (page) await unmount(page);
  show(People, { workspaces, session, here: [] });
  expect(document.querySelector("select")).toBeNull();
});

it("lists the members, and lets an owner give another role but never lose the last owner", async () => {
  const session = workspaces.add(W, { role: "owner", others: [jun] });
  show(People, { workspaces, session, here: [] });
  expect(labelled<HTMLElement>("Members").querySelectorAll("li")).toHaveLength(2);
  const selects = document.querySelectorAll("select");
  expect(selects).toHaveLength(1);
  const role = labelled<HTMLSelectElement>("Role of Jun Tanaka");
  role.value = "viewer";
  role.dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => session.members.current[1]?.role === "viewer");
});

/** A page in a test, as a person meets it: things are found by role and name, and waited for until they are there. */
import { type Component, flushSync, mount, unmount } from "svelte";
import { vi } from "vitest";

const selectors = {
  alert: "[role=alert]",
  button: "button",
  dialog: "[role=dialog]",
  heading: "h1, h2, h3",
  img: "[role=img]",
  link: "a[href]",
  list: "ul, ol",
  listitem: "li",
  menuitem: "[role=menuitem]",
  progressbar: "[role=progressbar]",
  region: "section",
  row: "tbody tr:not([aria-hidden])",
  status: "[role=status]",
  table: "table",
} as const;

export type Role = keyof typeof selectors;

let page: ReturnType<typeof mount> | undefined;

/** Shows the component instead of what was shown before. */
export async function show<Props extends object>(
  component: Component<Props>,
  props: Props,
): Promise<void> {
  await leave();
  const target = document.createElement("main");
  document.body.append(target);
  page = mount(component, { target, props });
  flushSync();
}

/** Takes the page away, and the words at the foot of the window, which outlive a page. */
export async function leave(): Promise<void> {
  if (page) await unmount(page);
  page = undefined;
  document.querySelector("main")?.remove();
  for (const word of document.querySelectorAll(".toasts [aria-label=Dismiss]"))
    (word as HTMLElement).click();
  flushSync();
}

/** What a person reads of it, without line breaks. */
export function textOf(element: Element | null | undefined): string {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

export function nameOf(element: Element): string {
  const by = element.getAttribute("aria-labelledby");
  return (
    element.getAttribute("aria-label") ??
    (by === null ? textOf(element) : textOf(document.getElementById(by)))
  );
}

/** All that have the role, and the name where one is given. */
export function all(role: Role, name?: string | RegExp, within: ParentNode = document): Element[] {
  return [...within.querySelectorAll(selectors[role])].filter(
    (one) =>
      name === undefined ||
      (typeof name === "string" ? nameOf(one) === name : name.test(nameOf(one))),
  );
}

export function has(role: Role, name?: string | RegExp, within?: ParentNode): boolean {
  return all(role, name, within).length > 0;
}

/** The first one; throws where there is none. */
export function the(role: Role, name?: string | RegExp, within?: ParentNode): HTMLElement {
  const [found] = all(role, name, within);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${role} is called ${String(name)}`);
  return found;
}

export async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      flushSync();
      if (!condition()) throw new Error(`not yet: ${textOf(document.body)}`);
    },
    { timeout: 4_000, interval: 10 },
  );
}

export async function appears(role: Role, name?: string | RegExp): Promise<HTMLElement> {
  await until(() => has(role, name));
  return the(role, name);
}

export async function press(name: string | RegExp, within?: ParentNode): Promise<void> {
  await until(() => has("button", name, within));
  the("button", name, within).click();
  flushSync();
}

/** Opens the menu by keyboard and takes what is called so. */
export async function takeFromMenu(menu: string, entry: string): Promise<void> {
  const opener = await appears("button", menu);
  opener.focus();
  opener.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
  );
  (await appears("menuitem", entry)).click();
  flushSync();
}

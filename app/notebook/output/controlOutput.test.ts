// @vitest-environment jsdom
// Controls as a person meets them: by name, with the keys, and as those who ran nothing see them.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { MimeBundle } from "../../../lib/kernel/mime.ts";
import { type ParamControl, controlJson, defineControl } from "../../../lib/kernel/params.ts";
import { MemoryParams } from "../memoryRuns.ts";
import ControlsPage from "./ControlsPage.fixture.svelte";

let page: ReturnType<typeof mount> | undefined;
let params: MemoryParams;

beforeEach(() => {
  vi.useFakeTimers();
  params = new MemoryParams();
});
afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  document.body.replaceChildren();
  vi.useRealTimers();
});

const rate = defineControl("rate", 0.01, { min: 1e-4, max: 1, scale: "log" });
const epochs = defineControl("epochs", 20, { min: 1 });
const loss = defineControl("loss", "hinge", { options: ["hinge", "logLoss"] });
const shuffle = defineControl("shuffle", true, {});
const note = defineControl("note", "a", { private: true });

function show(...controls: ParamControl[]): void {
  const bundles = controls.map((control): MimeBundle => ({
    "application/vnd.ensemble.control+json": controlJson(control),
    "text/plain": "words",
  }));
  page = mount(ControlsPage, { target: document.body, props: { bundles, params } });
  flushSync();
}

function labelled(name: string): HTMLInputElement {
  const label = [...document.querySelectorAll("label")].find((one) => one.textContent === name);
  return document.getElementById(label?.htmlFor ?? "") as HTMLInputElement;
}
function put(input: HTMLInputElement, value: string, ...events: string[]): void {
  input.value = value;
  for (const name of events) input.dispatchEvent(new Event(name, { bubbles: true }));
  flushSync();
}
const button = (name: string): HTMLButtonElement | null =>
  document.querySelector<HTMLButtonElement>(`button[aria-label="${name}"]`);

it("draws a slider with its live value, tells while it moves, and goes back to its initial value", () => {
  show(rate);
  const slider = labelled("rate");
  expect([slider.type, slider.value, slider.getAttribute("aria-valuetext")]).toEqual([
    "range",
    "100",
    "0.01",
  ]);
  expect(button("Reset rate")).toBeNull();
  put(slider, "150", "input");
  expect(document.querySelector("output")?.textContent).toBe("0.1");
  expect(params.value(rate)).toBe(0.01);
  vi.advanceTimersByTime(100);
  expect(params.value(rate)).toBe(0.1);
  button("Reset rate")?.click();
  flushSync();
  expect([params.value(rate), slider.value]).toEqual([0.01, "100"]);
});

it("follows what others move", () => {
  show(rate, shuffle);
  params.move(rate, 1);
  params.move(shuffle, false);
  flushSync();
  expect([labelled("rate").value, labelled("shuffle").checked]).toEqual(["200", false]);
});

it("takes a typed number where the control does, and says what it takes where not", () => {
  show(epochs);
  const box = labelled("epochs");
  put(box, "0", "input");
  vi.advanceTimersByTime(1000);
  expect(params.value(epochs)).toBe(20);
  expect(box.getAttribute("aria-invalid")).toBe("true");
  const why = document.getElementById(box.getAttribute("aria-describedby") ?? "");
  expect(why?.textContent).toBe("It takes 1 or more.");
  put(box, "33", "input");
  expect(box.getAttribute("aria-invalid")).toBe("false");
  vi.advanceTimersByTime(1000);
  expect(params.value(epochs)).toBe(33);
});

it("draws a choice, a checkbox and a text, and says of what stays in this tab that it does", () => {
  show(loss, shuffle, note);
  put(labelled("loss"), "logLoss", "change");
  labelled("shuffle").click();
  put(labelled("note"), "b", "input", "change");
  expect([loss, shuffle, note].map((one) => params.value(one))).toEqual(["logLoss", false, "b"]);
  const own = [...document.querySelectorAll(".param")].map((one) =>
    one.textContent.includes("this tab only"),
  );
  expect(own).toEqual([false, false, true]);
});

it("shows the words of a control that is none", () => {
  page = mount(ControlsPage, {
    target: document.body,
    props: {
      params,
      bundles: [
        { "application/vnd.ensemble.control+json": { kind: "evil" }, "text/plain": "x: 1" },
      ],
    },
  });
  flushSync();
  expect(document.querySelector(".param")).toBeNull();
  expect(document.body.textContent).toContain("x: 1");
});

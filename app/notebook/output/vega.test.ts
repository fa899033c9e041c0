// @vitest-environment jsdom
// What a person sees of a chart: the page's half, with a room that answers as the test says.
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ChartRoom, Drawn, Pointed } from "../chart/chartRoom.ts";
import VegaOutput from "./VegaOutput.svelte";

type Room = Pick<ChartRoom, "newChart" | "draw" | "point" | "close">;

const spec = {
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  data: { values: [{ a: 1 }] },
  mark: "bar",
  encoding: { x: { field: "a" } },
};
const bitmap = { width: 200, height: 100, close: () => undefined } as unknown as ImageBitmap;
const good: Drawn = {
  ok: true,
  painted: { bitmap, width: 200, height: 100 },
  listens: ["pointermove"],
};

let near: (() => void) | undefined;
let mounted: ReturnType<typeof mount> | undefined;

beforeEach(() => {
  const nothing = (): void => undefined;
  vi.stubGlobal("matchMedia", () => ({ addEventListener: nothing, removeEventListener: nothing }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = nothing;
      unobserve = nothing;
      disconnect = nothing;
    },
  );
  vi.stubGlobal("PointerEvent", MouseEvent);
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe = nothing;
      disconnect = nothing;
      constructor(seen: (entries: { isIntersecting: boolean }[]) => void) {
        near = () => seen([{ isIntersecting: true }]);
      }
    },
  );
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
});
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function show(value: unknown, answers: Partial<Room>): Room {
  const room: Room = {
    newChart: () => 1,
    draw: vi.fn(() => Promise.resolve(good)),
    point: vi.fn(() => Promise.reject(new Error("not asked for"))),
    close: vi.fn(),
    ...answers,
  };
  mounted = mount(VegaOutput, {
    target: document.body,
    props: { spec: value, label: "chart of bar", room },
  });
  flushSync();
  return room;
}
const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
  flushSync();
};

it("draws nothing before it is near the screen, then a picture with a name", async () => {
  const room = show(spec, {});
  expect(room.draw).not.toHaveBeenCalled();
  near?.();
  flushSync();
  await settle();
  expect(room.draw).toHaveBeenCalledTimes(1);
  const canvas = document.querySelector("canvas");
  expect(canvas?.getAttribute("aria-label")).toBe("chart of bar");
  expect([canvas?.width, canvas?.height]).toEqual([200, 100]);
});

it("shows what the pointer is on as words, whatever is in them", async () => {
  const pointed: Pointed = {
    ok: true,
    painted: undefined,
    tip: [["kind", `<img src=x onerror="go()">`]],
    cursor: "pointer",
  };
  show(spec, { point: vi.fn(() => Promise.resolve(pointed)) });
  near?.();
  flushSync();
  await settle();
  const canvas = document.querySelector("canvas");
  canvas?.dispatchEvent(new MouseEvent("pointermove", { clientX: 5, clientY: 5, bubbles: true }));
  await settle();
  expect(document.querySelector(".tip")?.textContent).toBe(`kind <img src=x onerror="go()">`);
  expect(document.querySelector(".tip img")).toBeNull();
  expect(canvas?.style.cursor).toBe("pointer");
});

it("says why a chart was not drawn, and draws it again at a press", async () => {
  const draw = vi
    .fn<Room["draw"]>()
    .mockResolvedValueOnce({ ok: false, why: "This chart took too long." })
    .mockResolvedValue(good);
  show(spec, { draw });
  near?.();
  flushSync();
  await settle();
  expect(document.querySelector(".under")?.textContent).toBe("This chart took too long.");
  document.querySelector("button")?.click();
  flushSync();
  await settle();
  expect(draw).toHaveBeenCalledTimes(2);
  expect(document.querySelector(".under")).toBeNull();
});

it("is drawn again where its room has become another, before it answers the pointer", async () => {
  const room = show(spec, {
    point: vi.fn(() => Promise.resolve({ ok: false as const, gone: true, why: "" })),
  });
  near?.();
  flushSync();
  await settle();
  document.querySelector("canvas")?.dispatchEvent(new MouseEvent("pointermove", { bubbles: true }));
  await settle();
  await settle();
  expect(room.draw).toHaveBeenCalledTimes(2);
});

it("never asks the room about a spec that would load, and says what to do", () => {
  const room = show({ ...spec, data: { url: "https://example.com/a.csv" } }, {});
  expect(document.body.textContent).toContain("Put the rows into it");
  expect(room.draw).not.toHaveBeenCalled();
});

it("leaves the room when it goes", async () => {
  const room = show(spec, {});
  if (mounted) await unmount(mounted);
  mounted = undefined;
  expect(room.close).toHaveBeenCalledWith(1);
});

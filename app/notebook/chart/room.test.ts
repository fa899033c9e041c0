// @vitest-environment node
// The room itself, with Vega in it and a canvas that only counts: what it answers to the page.
import { beforeAll, expect, it } from "vitest";
import type { Look } from "./look.ts";
import type { ChartEvent, FromRoom, ToRoom } from "./messages.ts";

const look: Look = {
  ink: "black",
  quiet: "gray",
  line: "silver",
  strong: "gray",
  paper: "white",
  accent: "blue",
  bars: "blue",
  categories: ["blue", "red"],
  amounts: ["white", "black"],
};

/** A context that takes every call, measures every letter alike, and holds that every path is hit. */
const known: Record<PropertyKey, unknown> = {
  measureText: (text: string) => ({ width: text.length * 6 }),
  isPointInPath: () => true,
  pixelRatio: 2,
};
const context = new Proxy(known, {
  get: (own, name) => own[name] ?? (() => undefined),
  set: () => true,
});

class FakeCanvas {
  width = 1;
  height = 1;
  getContext(): unknown {
    return context;
  }
}

interface Port {
  onmessage?: (event: { readonly data: ToRoom }) => void;
  postMessage(message: FromRoom): void;
}

let ask: (message: ToRoom) => Promise<FromRoom>;

beforeAll(async () => {
  Object.assign(globalThis, {
    OffscreenCanvas: FakeCanvas,
    createImageBitmap: ({ width, height }: FakeCanvas) => Promise.resolve({ width, height }),
  });
  await import("./room.ts");
  const { startKernel } = globalThis as unknown as { startKernel: (port: Port) => void };
  let answered: ((message: FromRoom) => void) | undefined;
  const port: Port = { postMessage: (message) => answered?.(message) };
  startKernel(port);
  ask = (data) =>
    new Promise((resolve) => {
      answered = resolve;
      port.onmessage?.({ data });
    });
});

const spec = (more: object = {}): never =>
  ({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: 200,
    height: 100,
    data: {
      values: [
        { kind: "a", n: 4 },
        { kind: "b", n: 4 },
      ],
    },
    mark: "bar",
    encoding: { x: { field: "kind" }, y: { field: "n", type: "quantitative" } },
    ...more,
  }) as never;
const draw = (chart: number, more: object = {}, ratio = 2): Promise<FromRoom> =>
  ask({ kind: "draw", chart, spec: spec(more), look, width: 600, ratio });
const event = (type: string, x: number, y: number): ChartEvent => ({
  ...{ type, x, y, button: 0, buttons: 1, deltaX: 0, deltaY: 0, deltaMode: 0 },
  ...{ altKey: false, ctrlKey: false, metaKey: false, shiftKey: false },
});
const point = (chart: number, ...events: ChartEvent[]): Promise<FromRoom> =>
  ask({ kind: "point", chart, events });

it("draws a chart as sharp as the screen is", async () => {
  const drawn = await draw(1);
  if (drawn.kind !== "drawn") throw new Error(JSON.stringify(drawn));
  const { width, height, bitmap } = drawn.painted;
  expect(width).toBeGreaterThan(200);
  expect([bitmap.width, bitmap.height]).toEqual([width * 2, height * 2].map(Math.round));
});

it("tells what the pointer is on, and nothing once it has left", async () => {
  const drawn = await draw(1);
  expect(drawn).toMatchObject({
    kind: "drawn",
    listens: expect.arrayContaining(["pointermove"]) as unknown,
  });
  const on = await point(1, event("pointermove", 120, 90));
  expect(on).toMatchObject({
    kind: "pointed",
    tip: [
      ["kind", "a"],
      ["n", "4"],
    ],
  });
  expect(await point(1, event("pointerout", 120, 900))).toMatchObject({ tip: [] });
});

it("draws what a drag chooses, though its end is outside", async () => {
  await draw(1, { params: [{ name: "brush", select: "interval" }] });
  const dragged = await point(
    1,
    event("pointermove", 80, 60),
    event("pointerdown", 80, 60),
    event("pointermove", 100, 70),
    event("pointermove", 130, 90),
    event("pointerup", 900, 90),
  );
  expect(dragged).toMatchObject({ kind: "pointed", painted: { bitmap: {} } });
});

it("keeps two charts apart", async () => {
  await draw(1);
  await draw(2, { data: { values: [{ kind: "z", n: 1 }] } });
  expect(await point(2, event("pointermove", 120, 60))).toMatchObject({
    chart: 2,
    tip: [
      ["kind", "z"],
      ["n", "1"],
    ],
  });
  expect(await point(1, event("pointermove", 120, 90))).toMatchObject({
    chart: 1,
    tip: [
      ["kind", "a"],
      ["n", "4"],
    ],
  });
});

it.each([
  ["an unknown mark", { mark: "nonsense" }],
  ["more pixels than a screen has", { width: 4000, height: 4000 }],
  ["an expression that nobody knows", { transform: [{ calculate: "fetch('x')", as: "n" }] }],
])("answers %s with words", async (_, more) => {
  const answer = await draw(3, more);
  expect(answer).toMatchObject({
    kind: "failed",
    chart: 3,
    message: expect.stringMatching(/\w{3}/) as unknown,
  });
  expect(await point(3, event("pointermove", 1, 1))).toMatchObject({ kind: "failed" });
});

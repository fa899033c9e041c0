// @vitest-environment node
// Charts come from other members' cells: what may be drawn of a spec, and what the page does when drawing goes wrong.
import { describe, expect, it } from "vitest";
import { ChartRoom, type RoomWorker } from "./chartRoom.ts";
import { makeDrawing } from "./drawing.ts";
import type { Look } from "./look.ts";
import { type ChartEvent, type ToRoom, parseFromRoom } from "./messages.ts";
import { type Spec, readSpec } from "./spec.ts";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const bars = (more: object = {}): object => ({
  $schema: SCHEMA,
  data: {
    values: [
      { kind: "a", n: 2 },
      { kind: "b", n: 5 },
    ],
  },
  mark: "bar",
  encoding: { x: { field: "kind" }, y: { field: "n", type: "quantitative" } },
  ...more,
});
const look: Look = {
  ink: "rgb(1, 2, 3)",
  quiet: "gray",
  line: "silver",
  strong: "gray",
  paper: "white",
  accent: "blue",
  bars: "rgb(9, 9, 9)",
  categories: ["rgb(4, 5, 6)", "red"],
  amounts: ["white", "black"],
};
const safe = (value: unknown): Spec => {
  const read = readSpec(value);
  if (!read.ok) throw new Error(read.why);
  return read.spec;
};
const refusal = (value: unknown): string => {
  const read = readSpec(value);
  return read.ok ? "it was let through" : read.why;
};

async function svgOf(spec: unknown): Promise<string> {
  const { view, errors } = makeDrawing(safe(spec), {
    look,
    width: 500,
    renderer: "none",
    ontip: () => undefined,
  });
  const svg = await view.toSVG();
  expect(errors).toEqual([]);
  return svg;
}

describe("a spec", () => {
  it("is drawn in the page's colours, without a word of eval", async () => {
    const svg = await svgOf(
      bars({ title: "Birds", transform: [{ calculate: "datum.n * 2", as: "m" }] }),
    );
    expect(svg).toContain("Birds");
    expect(svg).toContain("rgb(9, 9, 9)");
    expect(svg.match(/aria-roledescription="bar"/g)).toHaveLength(2);
  });

  it.each([
    [
      "data by address",
      bars({ data: { url: "https://example.com/a.csv" } }),
      /takes its data from an address/,
    ],
    [
      "a look-up by address",
      bars({
        transform: [{ lookup: "a", from: { data: { url: "/b.json" }, key: "a", fields: ["b"] } }],
      }),
      /takes its data from an address/,
    ],
    [
      "pictures by address",
      bars({ mark: "image", encoding: { url: { field: "kind" } } }),
      /made of pictures from elsewhere/,
    ],
    [
      "a sequence of 10^9",
      bars({ data: { sequence: { start: 0, stop: 1e9 } } }),
      /sequence of more than/,
    ],
    ["a sequence without an end", bars({ data: { sequence: {} } }), /sequence of more than/],
    ["a side of a mile", bars({ width: 1e6 }), /more than 4000 pixels in width/],
    [
      "steps without end",
      bars({ transform: [{ density: "n", steps: 1e9 }] }),
      /more than 10000 of steps/,
    ],
    [
      "too much data",
      bars({ data: { values: Array.from({ length: 400_000 }, () => 1) } }),
      /too much to draw/,
    ],
    [
      "another language",
      { $schema: "https://vega.github.io/schema/vega/v6.json" },
      /no Vega-Lite chart/,
    ],
    ["nothing", null, /no Vega-Lite chart/],
  ])("with %s is refused with a sentence", (_, spec, why) => {
    expect(refusal(spec)).toMatch(why);
  });

  it("that is deeper than any chart is refused", () => {
    let deep: object = { mark: "bar" };
    for (let i = 0; i < 100; i++) deep = { layer: [deep] };
    expect(refusal({ $schema: SCHEMA, ...deep })).toMatch(/too deep/);
  });

  it("loses what leads away, what listens elsewhere and what is for other tools", () => {
    const spec = safe(
      bars({
        usermeta: { embedOptions: { loader: "x" } },
        mark: { type: "bar", href: "https://example.com" },
        encoding: { x: { field: "kind" }, href: { field: "kind" } },
        config: { events: { window: ["keydown"] } },
      }),
    );
    expect(JSON.stringify(spec)).not.toMatch(/href|usermeta|events|https/);
  });

  it("keeps columns of its data whatever they are called, and none becomes a prototype", () => {
    const values = [
      JSON.parse('{"url": 1, "href": 2, "__proto__": {"polluted": 1}, "bind": 3}'),
    ] as unknown;
    expect(safe(bars({ data: { values } }))["data"]).toEqual({
      values: [{ url: 1, href: 2, bind: 3 }],
    });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("keeps the controls that a chart draws itself, and says that others are left out", () => {
    const read = readSpec(
      bars({
        params: [
          { name: "zoom", select: "interval", bind: "scales" },
          { name: "size", value: 3, bind: { input: "range" } },
        ],
      }),
    );
    expect(read).toMatchObject({
      ok: true,
      notes: [expect.stringContaining("param()")],
      spec: { params: [{ bind: "scales" }, { name: "size", value: 3 }] },
    });
  });

  it("loads nothing though it asks Vega itself to", async () => {
    // Past readSpec, as if it had a hole.
    const spec = bars({ data: { url: "http://127.0.0.1:1/x.csv" } }) as Spec;
    const { view, errors } = makeDrawing(spec, {
      look,
      width: 500,
      renderer: "none",
      ontip: () => undefined,
    });
    await view.toSVG();
    expect(errors.join()).toMatch(/load nothing here/);
    await expect(view.loader().load("file:///etc/passwd")).rejects.toThrow(/nothing/);
    await expect(view.loader().sanitize("https://x.org", {} as never)).rejects.toThrow(/nothing/);
  });

  it.each([
    ["the constructor of functions", "toString.constructor('return 1')()"],
    ["what every object has", "datum.constructor.constructor('return 1')()"],
  ])("cannot reach %s through an expression", async (_, calculate) => {
    const outcome = svgOf(bars({ transform: [{ calculate, as: "n" }] }));
    await expect(outcome).rejects.toThrow();
  });
});

/** A room whose worker answers as the test says. */
function roomOf(answer: (message: ToRoom, say: (value: unknown) => void, die: () => void) => void) {
  const timers = new Set<() => void>();
  let opened = 0;
  let closed = 0;
  const room = new ChartRoom({
    open: () => {
      opened++;
      let listener: Parameters<RoomWorker["listen"]>[0] | undefined;
      return Promise.resolve({
        post: (message) =>
          answer(
            message as ToRoom,
            (value) => listener?.message(value),
            () => listener?.died("out of memory"),
          ),
        listen: (one) => (listener = one),
        close: () => void closed++,
      });
    },
    clock: {
      after(_, act) {
        timers.add(act);
        return () => void timers.delete(act);
      },
    },
  });
  return {
    room,
    passTime: () => [...timers].forEach((act) => act()),
    get opened() {
      return opened;
    },
    get closed() {
      return closed;
    },
  };
}

class FakeBitmap {}
Object.assign(globalThis, { ImageBitmap: FakeBitmap });
const request = { spec: {}, look, width: 500, ratio: 1 };
const wanted = (): boolean => true;
const drawn = (chart: number) => ({
  kind: "drawn",
  chart,
  painted: { bitmap: new FakeBitmap(), width: 10, height: 5 },
  listens: ["pointermove"],
});
const pointer = { type: "pointermove", x: 1, y: 1 } as ChartEvent;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the room", () => {
  it("draws one chart after the other, and answers the pointer on one that it has drawn", async () => {
    const { room } = roomOf((message, say) => {
      if (message.kind === "draw") say(drawn(message.chart));
      if (message.kind === "point")
        say({ kind: "pointed", chart: message.chart, tip: [["kind", "a"]], cursor: "pointer" });
    });
    const [a, b] = [room.newChart(), room.newChart()];
    expect((await room.draw(a, request, wanted))?.ok).toBe(true);
    expect((await room.draw(b, request, wanted))?.ok).toBe(true);
    expect(await room.point(a, [pointer])).toMatchObject({
      ok: true,
      cursor: "pointer",
      tip: [["kind", "a"]],
    });
  });

  it("is closed over a chart that does not come to an end, and the others are drawn in another", async () => {
    const world = roomOf((message, say) => {
      if (message.kind === "draw" && message.chart !== 2) say(drawn(message.chart));
    });
    const { room } = world;
    const [good, bad] = [room.newChart(), room.newChart()];
    await room.draw(good, request, wanted);
    const stuck = room.draw(bad, request, wanted);
    await turn();
    world.passTime();
    expect(await stuck).toMatchObject({
      ok: false,
      why: expect.stringContaining("too long") as string,
    });
    expect(world.closed).toBe(1);
    expect(await room.point(good, [pointer])).toMatchObject({ ok: false, gone: true });
    expect((await room.draw(good, request, wanted))?.ok).toBe(true);
    expect(world.opened).toBe(2);
  });

  it("says so when a chart takes all memory", async () => {
    const { room } = roomOf((_, __, die) => die());
    expect(await room.draw(room.newChart(), request, wanted)).toMatchObject({
      ok: false,
      why: expect.stringContaining("memory") as string,
    });
  });

  it("tells what Vega says of a spec that it cannot draw", async () => {
    const { room } = roomOf((message, say) => {
      if (message.kind === "draw")
        say({ kind: "failed", chart: message.chart, message: "no such mark" });
    });
    expect(await room.draw(room.newChart(), request, wanted)).toEqual({
      ok: false,
      why: "This chart could not be drawn: no such mark.",
    });
  });

  it("does not draw what is no longer wanted when its turn comes", async () => {
    let asked = 0;
    const { room } = roomOf((message, say) => {
      asked++;
      if (message.kind === "draw") say(drawn(message.chart));
    });
    const chart = room.newChart();
    let latest = 0;
    const draws = Array.from({ length: 1000 }, (_, i) =>
      room.draw(chart, request, () => i === latest),
    );
    latest = 999;
    await Promise.all(draws);
    expect(asked).toBeLessThan(3);
  });

  it("is not believed in anything that it cannot have said", () => {
    for (const value of [
      null,
      7,
      {},
      { kind: "drawn", chart: 1 },
      { kind: "drawn", chart: 1, painted: { bitmap: {} } },
    ])
      expect(parseFromRoom(value)).toBeUndefined();
    expect(
      parseFromRoom({
        kind: "pointed",
        chart: 1,
        tip: [[{}, "x".repeat(9999)], ...new Array<unknown>(99)],
        cursor: "url(https://x.org/a.png), auto",
      }),
    ).toMatchObject({ cursor: "default", tip: { length: 20, 0: ["", "x".repeat(300)] } });
  });
});

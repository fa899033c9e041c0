/** Rules of how maps, classes, pictures, models and Vega-Lite specs are shown. */
import * as tf from "@tensorflow/tfjs";
import * as arquero from "arquero";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Json } from "../../base/json.ts";
import { parseBundle } from "../bundle.ts";
import type { MimeBundle, ModelOutput } from "../mime.ts";
import { bundleOf } from "../outputs.ts";
import { readPng } from "../testing/readPng.ts";
import { treeOf } from "./tree.ts";

const TREE = "application/vnd.ensemble.tree+json";
const VEGA = "application/vnd.vegalite.v6+json";
const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

async function form(value: unknown, mime: keyof MimeBundle): Promise<Json | undefined> {
  return (await bundleOf(value))?.[mime];
}

describe("a tree", () => {
  class Point {
    x = 1;
  }

  it("keeps the names of what JSON does not know", async () => {
    expect(
      await form(
        new Map<unknown, unknown>([
          ["a", new Point()],
          [7, new Set([1])],
        ]),
        TREE,
      ),
    ).toEqual({
      is: "Map",
      count: 2,
      of: [
        ["a", { is: "Point", count: 1, of: [["x", 1]] }],
        ["7", { is: "Set", count: 1, of: [["", 1]] }],
      ],
    });
    expect(await form([new Date(0), undefined, NaN, 12n, tf.ones([2])], TREE)).toMatchObject({
      of: [
        ["", { says: "1970-01-01T00:00:00.000Z" }],
        ["", { says: "undefined" }],
        ["", { says: "NaN" }],
        ["", { says: "12n" }],
        ["", { says: "Tensor float32 [2]" }],
      ],
    });
  });

  it("of what JSON says as well is JSON", async () => {
    expect(await bundleOf({ a: [1, "x", null, { b: true }] })).toMatchObject({
      "application/json": { a: [1, "x", null, { b: true }] },
    });
  });

  it("never calls a getter, and says that there is one", () => {
    const value = {
      get bad(): number {
        throw new Error("too far");
      },
    };
    expect(treeOf(value)).toMatchObject({ tree: { of: [["bad", { says: "(getter)" }]] } });
  });

  it("of any value fits a document", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({
          withMap: true,
          withSet: true,
          withDate: true,
          withTypedArray: true,
          withBigInt: true,
        }),
        async (value) => {
          const bundle = await bundleOf([new Map(), value]);
          expect(bundle && parseBundle(bundle)).toBeDefined();
        },
      ),
    );
  });
});

describe("pixels", () => {
  const red = {
    width: 2,
    height: 1,
    data: new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 255, 128]),
  };

  it("become a PNG, grown until they can be seen", async () => {
    const bundle = (await bundleOf(red)) ?? {};
    const picture = await readPng(
      Uint8Array.from(Buffer.from(bundle["image/png"] as string, "base64")),
    );
    expect(picture).toMatchObject({ width: 224, height: 112, channels: 4 });
    expect(Array.from(picture.pixels.slice(0, 4))).toEqual([255, 0, 0, 255]);
    expect(Array.from(picture.pixels.slice(-4))).toEqual([0, 0, 255, 128]);
    expect(bundle["text/plain"]).toBe("image of 2×1");
  });

  it("of several images stand side by side", async () => {
    expect(await form([red, red, red], "text/plain")).toBe("3 images of 2×1");
  });

  it.each([
    ["image/png", "image/png"],
    ["image/jpeg", "image/jpeg"],
    ["image/webp;codecs=x", "image/webp"],
  ] as const)("in a file of %s stay as they are", async (type, mime) => {
    expect(await form(new Blob([Uint8Array.of(1, 2, 3)], { type }), mime)).toBe("AQID");
  });

  it("in a file that is too big or of no known kind are told of", async () => {
    const big = new Blob([new Uint8Array(3_000_000)], { type: "image/png" });
    expect(await form(big, "text/plain")).toMatch(/takes 3,000 kB/);
    expect(await form(new Blob(["x"], { type: "image/tiff" }), "text/plain")).toMatch(
      /image\/tiff/,
    );
  });

  it("are not what every object with a width is", async () => {
    expect(await form({ width: 2, height: 2, data: [1] }, "image/png")).toBeUndefined();
  });
});

describe("drawings in a list", () => {
  it("are shown one beside the other", async () => {
    const { document } = parseHTML("<html><body></body></html>");
    const one = document.createElement("b");
    expect(await form([one, one], "text/html")).toMatch(/^<div[^>]*>(<div><b><\/b><\/div>){2}/);
  });
});

describe("a model", () => {
  it("is shown layer by layer, with what is fixed and what it was compiled with", async () => {
    await tf.setBackend("cpu");
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [4], units: 8, trainable: false }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    expect(await form(model, "application/vnd.ensemble.model+json")).toMatchObject({
      layers: [
        { type: "Dense", output: "any × 8", params: 40, trainable: false },
        { type: "Dense", output: "any × 2", params: 18, trainable: true },
      ],
      params: 58,
      trainable: 18,
      compiled: "",
    } satisfies Partial<{ [key in keyof ModelOutput]: unknown }>);
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    expect(await form(model, "application/vnd.ensemble.model+json")).toMatchObject({
      compiled: "Adam, meanSquaredError",
    });
  });

  it("that has not been built yet says so", async () => {
    const unbuilt = (): never => {
      throw new Error("the layer has never been called");
    };
    const layer = {
      name: "d",
      getClassName: () => "Dense",
      countParams: unbuilt,
      get outputShape() {
        return unbuilt();
      },
    };
    const model = { layers: [layer], predict: unbuilt, countParams: unbuilt };
    expect(await form(model, "application/vnd.ensemble.model+json")).toMatchObject({
      layers: [{ output: "not built yet", params: null }],
      params: null,
    });
  });
});

describe("a Vega-Lite spec", () => {
  const spec = (values: unknown): object => ({
    $schema: SCHEMA,
    title: "Mass",
    usermeta: { embedOptions: {} },
    data: { values },
    mark: "bar",
    encoding: { x: { field: "kind" }, y: { field: "n" } },
  });

  it("goes to the page with its data, of a table only what it draws", async () => {
    const table = arquero.table({ kind: ["a", "b"], n: [1, NaN], spare: [3, 4] });
    expect(await form(spec(table), VEGA)).toEqual({
      $schema: SCHEMA,
      title: "Mass",
      data: {
        values: [
          { kind: "a", n: 1 },
          { kind: "b", n: null },
        ],
      },
      mark: "bar",
      encoding: { x: { field: "kind" }, y: { field: "n" } },
    });
  });

  it("has words for those who do not see it", async () => {
    expect(await form(spec([]), "text/plain")).toBe("Mass. chart of bar; x: kind, y: n");
  });

  it("may come from a builder, with dates, numbers in arrays and functions in it", async () => {
    const builder = {
      toSpec: () => ({
        $schema: SCHEMA,
        data: { values: new Float32Array([1, 2]) },
        at: new Date(0),
        f: () => 1,
      }),
    };
    expect(await form(builder, VEGA)).toEqual({
      $schema: SCHEMA,
      data: { values: [1, 2] },
      at: "1970-01-01T00:00:00.000Z",
    });
  });

  it("with more data than a chart can show is refused with a sentence", () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => ({ n }));
    expect(() => bundleOf(spec(rows))).toThrow(/more than 150,000 values\. Aggregate or sample/);
  });

  it("is not what every object with a schema is", async () => {
    expect(await form({ $schema: "https://json-schema.org/x" }, VEGA)).toBeUndefined();
  });
});

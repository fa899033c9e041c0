/** Rules of the controls that cells ask for: how they are defined, what they take, and where a slider stands. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ParamControl,
  controlJson,
  defineControl,
  parseControl,
  parseGiven,
  sameControl,
  takes,
  valueOf,
} from "./params.ts";
import { type SliderControl, isSlider, lastPlace, placeOf, valueAt } from "./paramScale.ts";

const rate = defineControl("rate", 0.01, { min: 1e-4, max: 1, scale: "log" }) as SliderControl;
const units = defineControl("units", 16, { min: 4, max: 64 }) as SliderControl;

describe("a control", () => {
  it.each([
    [0.01, undefined, "number"],
    [0.01, { min: 0 }, "number"],
    ["adam", { options: ["adam", "sgd"] }, "choice"],
    [32, { options: [16, 32] }, "choice"],
    [true, {}, "checkbox"],
    ["words", undefined, "text"],
  ])("is what its initial value and options say: %j %j", (initial, options, kind) => {
    expect(defineControl("p", initial, options).kind).toBe(kind);
  });

  it.each([
    [undefined, 1, {}, "takes a name"],
    ["  ", 1, {}, "takes a name"],
    ["p", NaN, {}, "finite number"],
    ["p", null, {}, "finite number, a text or true or false, and got null"],
    ["p", [1], {}, "got a list"],
    ["p", 5, { min: 0, max: 1 }, "begins with 5, which is not from 0 up to 1"],
    ["p", 1, { min: 2, max: 1 }, "below its max"],
    ["p", 1, { min: 1, max: 2, step: 0 }, "step"],
    ["p", 1, { min: 0, max: 2, scale: "log" }, "a min above 0 and a max"],
    ["p", 1, { scale: "square" }, '"linear" or "log"'],
    ["p", 1, { maximum: 3 }, "has no option maximum here: it can have min, max, step"],
    ["p", true, { min: 1 }, "it can have only private"],
    ["p", "c", { options: ["a", "b"] }, 'none of its options "a", "b"'],
    ["p", "a", { options: ["a", "a"] }, "one option twice"],
    ["p", "a", { options: [] }, "a list of 1 to"],
    ["p", 1, { private: "yes" }, "true or false"],
  ])("refuses a definition that makes no sense: %j %j %j", (name, initial, options, words) => {
    expect(() => defineControl(name, initial, options)).toThrow(words);
  });

  it("gives what was set where it takes that, else its initial value", () => {
    const given = (value: number | string | boolean) => ({ shared: { rate: value }, private: {} });
    expect(valueOf(rate, given(0.5))).toBe(0.5);
    for (const junk of [5, -1, "0.5", true]) expect(valueOf(rate, given(junk))).toBe(0.01);
    expect(valueOf({ ...rate, private: true }, given(0.5))).toBe(0.01);
    expect(valueOf(units, { shared: { units: 16.5 }, private: {} })).toBe(16);
    expect(valueOf(defineControl("toString", 1, {}), { shared: {}, private: {} })).toBe(1);
  });

  it("comes back the same from a document, and nothing else comes back as one", () => {
    const controls = [rate, units, defineControl("p", "a", { options: ["a", 2], private: true })];
    for (const control of [...controls, defineControl("t", "x", {}), defineControl("c", true, {})])
      expect(parseControl(JSON.parse(JSON.stringify(controlJson(control))))).toEqual(control);
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (junk, inner) => {
        for (const value of [junk, { ...rate, min: junk, options: inner }, { kind: junk }]) {
          const control = parseControl(value);
          if (control) expect(takes(control, control.initial)).toBe(true);
          parseGiven({ shared: value, private: junk });
        }
      }),
    );
  });

  it("is another where anything of it differs, in whatever order it was written", () => {
    expect(sameControl(rate, parseControl({ ...rate, kind: "number" }) as ParamControl)).toBe(true);
    expect(sameControl(rate, { ...rate, max: 2 })).toBe(false);
    expect(sameControl(rate, { ...rate, private: true })).toBe(false);
  });
});

describe("a slider", () => {
  it("is a number with both bounds", () => {
    expect([rate, units].every(isSlider)).toBe(true);
    expect(isSlider(defineControl("p", 1, { min: 0 }))).toBe(false);
  });

  it("has equal factors between the places of a log scale, and says round numbers", () => {
    expect(lastPlace(rate)).toBe(200);
    expect([0, 50, 100, 150, 200].map((place) => valueAt(rate, place))).toEqual([
      0.0001, 0.001, 0.01, 0.1, 1,
    ]);
    expect(valueAt(rate, 101)).toBe(0.0105);
    expect(placeOf(rate, 0.01)).toBe(100);
  });

  it("has whole numbers between whole bounds, and steps that add up", () => {
    expect(lastPlace(units)).toBe(60);
    expect([0, 1, 60].map((place) => valueAt(units, place))).toEqual([4, 5, 64]);
    const tenths = defineControl("p", 0.5, { min: 0.1, max: 1, step: 0.1 }) as SliderControl;
    expect(valueAt(tenths, 2)).toBe(0.3);
    expect(takes(tenths, valueAt(tenths, 7))).toBe(true);
  });

  it("stands where its value is, goes from bound to bound and never backwards, whatever they are", () => {
    const bounds = fc
      .tuple(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.boolean(),
      )
      .map(([from, size, log]) => {
        const min = log ? Math.abs(from) + 1e-3 : from;
        const options = { min, max: min + size, scale: log ? "log" : "linear" };
        return defineControl("p", min, options) as SliderControl;
      });
    fc.assert(
      fc.property(bounds, fc.nat(200), (control, at) => {
        const place = Math.min(at, lastPlace(control));
        const value = valueAt(control, place);
        expect(takes(control, value)).toBe(true);
        expect(Math.abs(placeOf(control, value) - place)).toBeLessThanOrEqual(1);
        expect(valueAt(control, Math.min(lastPlace(control), place + 1))).toBeGreaterThanOrEqual(
          value,
        );
        expect(valueAt(control, 0)).toBe(control.min);
      }),
    );
  });
});

/**
 * A Vega-Lite spec from another member's cell as one that may be drawn: bounded, with nothing in it that loads,
 * leads away or waits for a control. Knows nothing of Vega.
 */
import { type Json, asNumber, asRecord, asString } from "../../../lib/base/json.ts";

export type Spec = Readonly<Record<string, Json>>;

export type ReadSpec =
  | { readonly ok: true; readonly spec: Spec; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

const MOST_VALUES = 300_000;
const DEEPEST = 40;
const LONGEST_SIDE = 4_000;
const LONGEST_SEQUENCE = 100_000;
/** Of what makes more values out of few, by the names that Vega-Lite has for it. */
const MOST_STEPS = 10_000;
const STEPS = ["maxbins", "steps", "tickCount", "gridsize"];

class Refusal extends Error {}

interface Walk {
  left: number;
  readonly notes: Set<string>;
}

export function readSpec(value: unknown): ReadSpec {
  const spec = asRecord(value);
  if (!spec || !(asString(spec["$schema"]) ?? "").includes("vega-lite"))
    return { ok: false, why: "This is no Vega-Lite chart: its $schema is missing." };
  const walk: Walk = { left: MOST_VALUES, notes: new Set() };
  try {
    const safe = record(spec, DEEPEST, walk);
    return { ok: true, spec: safe, notes: [...walk.notes] };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.message };
    throw error;
  }
}

function plain(value: unknown, depth: number, walk: Walk): Json {
  if (--walk.left < 0)
    throw new Refusal(
      `This chart holds more than ${MOST_VALUES.toLocaleString("en")} values, which is too much to draw. Aggregate or sample its data first.`,
    );
  if (depth === 0) throw new Refusal("This chart's spec is too deep to be drawn.");
  if (Array.isArray(value)) return value.map((one: unknown) => plain(one, depth - 1, walk));
  if (typeof value === "object" && value !== null)
    return record(asRecord(value) ?? {}, depth, walk);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

function record(value: Record<string, unknown>, depth: number, walk: Walk): Spec {
  const made: Record<string, Json> = {};
  for (const [key, one] of Object.entries(value)) {
    if (!fits(key, one, walk)) continue;
    const json =
      key === "values" || key === "datasets"
        ? rows(one, depth - 1, walk)
        : plain(one, depth - 1, walk);
    // A key called __proto__ would become something else.
    Object.defineProperty(made, key, { value: json, enumerable: true, writable: true });
  }
  return made;
}

/** Rows of data: what their columns are called says nothing about the spec. */
function rows(value: unknown, depth: number, walk: Walk): Json {
  const copy = (one: unknown, left: number): Json => {
    if (--walk.left < 0) return plain(one, left, walk);
    if (Array.isArray(one) && left > 0) return one.map((part: unknown) => copy(part, left - 1));
    const parts = asRecord(one);
    if (!parts || left <= 0) return plain(typeof one === "object" ? null : one, 1, walk);
    const entries = Object.entries(parts).filter(([key]) => key !== "__proto__");
    return Object.fromEntries(entries.map(([key, part]) => [key, copy(part, left - 1)]));
  };
  return copy(value, depth);
}

/** Whether this part of a spec is let through; throws where the chart would be nothing without it. */
function fits(key: string, value: unknown, walk: Walk): boolean {
  switch (key) {
    case "usermeta":
    case "$schema":
    case "events":
    case "href":
      return false;
    case "url":
      throw new Refusal(
        typeof value === "string"
          ? "This chart takes its data from an address, and charts load nothing here. Put the rows into it: data: { values: table }."
          : "This chart is made of pictures from elsewhere, and charts load nothing here.",
      );
    case "bind":
      if (isOwnBinding(value)) return true;
      walk.notes.add("Its controls are left out; a control of a notebook is made with param().");
      return false;
    case "sequence":
      checkSequence(asRecord(value));
      return true;
    case "width":
    case "height":
      if ((asNumber(value) ?? 0) <= LONGEST_SIDE) return true;
      throw new Refusal(
        `This chart is more than ${LONGEST_SIDE} pixels in ${key}. Make it smaller.`,
      );
    default:
      if (STEPS.includes(key) && (asNumber(value) ?? 0) > MOST_STEPS)
        throw new Refusal(`This chart asks for more than ${MOST_STEPS} of ${key}. Take fewer.`);
      return true;
  }
}

/** Those that a chart draws itself: moving its axes, pressing its legend. */
function isOwnBinding(value: unknown): boolean {
  return value === "scales" || value === "legend" || asRecord(value)?.["legend"] !== undefined;
}

function checkSequence(sequence: Record<string, unknown> | undefined): void {
  const [start, stop, step] = ["start", "stop", "step"].map((key) => asNumber(sequence?.[key]));
  const count = ((stop ?? 0) - (start ?? 0)) / (step ?? 1);
  if (stop !== undefined && count <= LONGEST_SEQUENCE) return;
  throw new Refusal(
    `This chart makes a sequence of more than ${LONGEST_SEQUENCE.toLocaleString("en")} numbers. Make it shorter.`,
  );
}

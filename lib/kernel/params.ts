/**
 * The controls that `param()` makes: how one is defined, which values it takes, and which value a run of a cell
 * gets. Pure; definitions and values come from cells and documents that anybody may have written.
 */
import { assertNever } from "../base/assertNever.ts";
import { type Json, asArray, asNumber, asRecord, asString } from "../base/json.ts";

export type ParamValue = number | string | boolean;

export type ParamControl = {
  readonly name: string;
  readonly initial: ParamValue;
  /** Its value stays in the tab that moves it. */
  readonly private: boolean;
} & ParamKind;

type ParamKind =
  | {
      readonly kind: "number";
      /** A slider where both are given. */
      readonly min: number | null;
      readonly max: number | null;
      /** Values are whole steps from `min`, or from 0. */
      readonly step: number | null;
      readonly scale: "linear" | "log";
    }
  | { readonly kind: "choice"; readonly options: readonly (number | string)[] }
  | { readonly kind: "checkbox" }
  | { readonly kind: "text" };

/** What was set of all controls, by name; what nobody has moved is not in it. Values are not checked yet. */
export interface GivenParams {
  readonly shared: Readonly<Record<string, ParamValue>>;
  /** In this tab alone. */
  readonly private: Readonly<Record<string, ParamValue>>;
}

export const nothingGiven: GivenParams = { shared: {}, private: {} };

const LONGEST_NAME = 100;
const LONGEST_TEXT = 500;
const MOST_OPTIONS = 200;
/** More than this lead to no cell; so their values stay small beside its output. */
export const MOST_PARAMS = 100;
const MOST_SET = 500;

/** The value of a control: what was set where the control takes that, else its initial one. */
export function valueOf(control: ParamControl, given: GivenParams): ParamValue {
  const set = givenOf(control, given);
  return set !== undefined && takes(control, set) ? set : control.initial;
}

/** What was set of a control, whether it takes that or not. */
export function givenOf(
  { name, private: own }: Pick<ParamControl, "name" | "private">,
  given: GivenParams,
): ParamValue | undefined {
  const values = own ? given.private : given.shared;
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** True where the control can stand at this value. */
export function takes(control: ParamControl, value: ParamValue): boolean {
  switch (control.kind) {
    case "number": {
      if (typeof value !== "number" || !Number.isFinite(value)) return false;
      const { min, max, step } = control;
      if ((min !== null && value < min) || (max !== null && value > max)) return false;
      if (step === null) return true;
      const steps = (value - (min ?? 0)) / step;
      return Math.abs(steps - Math.round(steps)) <= 1e-9 * Math.max(1, Math.abs(steps));
    }
    case "choice":
      return (control.options as readonly ParamValue[]).includes(value);
    case "checkbox":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string" && value.length <= LONGEST_TEXT;
    default:
      return assertNever(control);
  }
}

/** A control as a cell asks for it. Throws a TypeError or RangeError that says what is wrong with it. */
export function defineControl(name: unknown, initial: unknown, options: unknown): ParamControl {
  if (typeof name !== "string" || name.trim() === "")
    throw new TypeError('param() takes a name first: param("learning rate", 0.01).');
  if (name.length > LONGEST_NAME)
    throw new RangeError(`The name of a param has at most ${LONGEST_NAME} characters.`);
  const said = asRecord(options ?? {});
  if (!said) throw new TypeError(`The options of param("${name}") are an object: { min, max }.`);
  const { private: own = false, ...rest } = said;
  if (typeof own !== "boolean")
    throw new TypeError(`private of param("${name}") is true or false.`);
  const value = plainValue(initial);
  if (value === undefined)
    throw new TypeError(
      `param("${name}") begins with a finite number, a text or true or false, and got ${kindOf(initial)}.`,
    );
  const control = { name, initial: value, private: own, ...kindFor(name, value, rest) };
  if (!takes(control, value))
    throw new RangeError(
      `param("${name}") begins with ${JSON.stringify(value)}, which is ${outsideOf(control)}.`,
    );
  return control;
}

function kindFor(name: string, initial: ParamValue, options: Record<string, unknown>): ParamKind {
  const known = Object.keys(options).filter((key) => options[key] !== undefined);
  const only = (...allowed: string[]): void => {
    const other = known.find((key) => !allowed.includes(key));
    if (other === undefined) return;
    const can = allowed.length === 0 ? "only private" : `${allowed.join(", ")} and private`;
    throw new TypeError(`param("${name}") has no option ${other} here: it can have ${can}.`);
  };
  if (options["options"] !== undefined) {
    only("options");
    return { kind: "choice", options: choicesFor(name, options["options"]) };
  }
  if (typeof initial === "boolean") {
    only();
    return { kind: "checkbox" };
  }
  if (typeof initial === "string") {
    only("options");
    return { kind: "text" };
  }
  only("min", "max", "step", "scale", "options");
  return rangeFor(name, initial, options);
}

function rangeFor(name: string, initial: number, options: Record<string, unknown>): ParamKind {
  const number = (key: string): number | null => {
    const value = options[key];
    if (value === undefined) return null;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new TypeError(`${key} of param("${name}") is a number, and got ${kindOf(value)}.`);
  };
  const [min, max, said] = [number("min"), number("max"), number("step")];
  const scale = options["scale"] ?? "linear";
  if (scale !== "linear" && scale !== "log")
    throw new TypeError(`scale of param("${name}") is "linear" or "log".`);
  if (min !== null && max !== null && min >= max)
    throw new RangeError(`min of param("${name}") is below its max: got ${min} and ${max}.`);
  if (said !== null && said <= 0)
    throw new RangeError(`step of param("${name}") is above 0: got ${said}.`);
  if (scale === "log" && (min === null || max === null || min <= 0))
    throw new RangeError(
      `param("${name}") has the scale "log", which needs a min above 0 and a max.`,
    );
  // Between whole bounds from a whole value people mean whole numbers: units, layers, epochs.
  const whole = scale === "linear" && [min, max, initial].every((one) => Number.isInteger(one));
  return { kind: "number", min, max, step: said ?? (whole ? 1 : null), scale };
}

function choicesFor(name: string, options: unknown): (number | string)[] {
  const all = Array.isArray(options) ? (options as unknown[]).map(plainValue) : [];
  const choices = all.filter((one) => typeof one === "number" || typeof one === "string");
  if (choices.length === 0 || choices.length !== all.length || choices.length > MOST_OPTIONS)
    throw new TypeError(
      `options of param("${name}") is a list of 1 to ${MOST_OPTIONS} texts or numbers.`,
    );
  if (new Set(choices.map(String)).size !== choices.length)
    throw new TypeError(`options of param("${name}") has one option twice.`);
  return choices;
}

function outsideOf(control: ParamControl): string {
  if (control.kind === "choice")
    return `none of its options ${control.options.map((one) => JSON.stringify(one)).join(", ")}`;
  if (control.kind === "text") return `longer than ${LONGEST_TEXT} characters`;
  if (control.kind !== "number") return "no value of it";
  const { min, max, step } = control;
  const bounds = [min === null ? "" : `from ${min}`, max === null ? "" : `up to ${max}`];
  const where = bounds.filter(Boolean).join(" ");
  return `not ${where === "" ? "a number" : where}${step === null ? "" : ` in steps of ${step}`}`;
}

function kindOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}

/** A control from a document or a worker; undefined where it is none. */
export function parseControl(value: unknown): ParamControl | undefined {
  const control = asRecord(value);
  if (!control) return undefined;
  const { name, initial, kind, options, min, max, step, scale } = control;
  const given = (one: unknown): unknown => one ?? undefined;
  try {
    const rebuilt = defineControl(name, initial, {
      private: control["private"] === true,
      ...(kind === "choice" ? { options } : {}),
      ...(kind === "number"
        ? { min: given(min), max: given(max), step: given(step), scale: given(scale) }
        : {}),
    });
    return rebuilt.kind === kind ? rebuilt : undefined;
  } catch {
    return undefined;
  }
}

/** The control as it travels: plain JSON. */
export function controlJson(control: ParamControl): Json {
  return { ...control };
}

export function sameControl(a: ParamControl, b: ParamControl): boolean {
  return JSON.stringify(inOneOrder(a)) === JSON.stringify(inOneOrder(b));
}

function inOneOrder(control: ParamControl): unknown {
  return Object.entries(control).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A value that a control may have at all; undefined for anything else. */
export function plainValue(value: unknown): ParamValue | undefined {
  if (typeof value === "boolean") return value;
  const text = asString(value);
  if (text !== undefined) return text.length <= LONGEST_TEXT ? text : undefined;
  return asNumber(value);
}

export function parseGiven(value: unknown): GivenParams {
  const given = asRecord(value);
  return { shared: valuesFrom(given?.["shared"]), private: valuesFrom(given?.["private"]) };
}

/** The values of a record that are some. */
export function valuesFrom(value: unknown): Record<string, ParamValue> {
  const values: [string, ParamValue][] = [];
  for (const [name, one] of Object.entries(asRecord(value) ?? {})) {
    const plain = plainValue(one);
    if (plain !== undefined && name.length <= LONGEST_NAME) values.push([name, plain]);
    if (values.length === MOST_SET) break;
  }
  return Object.fromEntries(values);
}

/** A control that another cell of this kernel has, and what that cell is called: "cell 3". */
export interface OtherControl {
  readonly control: ParamControl;
  readonly where: string;
}

export function parseOtherControls(value: unknown): OtherControl[] {
  return asArray(value)
    .slice(0, MOST_SET)
    .flatMap((one) => {
      const other = asRecord(one);
      const control = parseControl(other?.["control"]);
      return control ? [{ control, where: (asString(other?.["where"]) ?? "").slice(0, 100) }] : [];
    });
}

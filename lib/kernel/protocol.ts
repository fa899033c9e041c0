/**
 * The messages between the page and the kernel's worker. Code of any member runs in the worker, so the page
 * takes a message for what it can be read as and for no more; the worker reads the page's with the same care.
 */
import { asArray, asNumber, asRecord, asString } from "../base/json.ts";
import { type MimeBundle } from "./mime.ts";
import { parseBundle } from "./bundle.ts";
import type { Backend, Device } from "./device.ts";
import type { ErrorOutput } from "./mime.ts";
import {
  type GivenParams,
  type OtherControl,
  type ParamControl,
  parseControl,
  parseGiven,
  parseOtherControls,
} from "./params.ts";
import { type HeldValues, parseHeldValues } from "./variables.ts";

/** The bytes of TensorFlow.js's WebAssembly, for machines with and without SIMD. */
export interface WasmBytes {
  readonly simd: ArrayBuffer;
  readonly plain: ArrayBuffer;
}

export type ToWorker =
  | { readonly kind: "start"; readonly backend: Backend; readonly wasm: WasmBytes | null }
  | RunMessage
  | { readonly kind: "interrupt" }
  | { readonly kind: "forget"; readonly names: readonly string[] }
  /** Disposes the tensors that earlier runs left behind. */
  | { readonly kind: "free" }
  | { readonly kind: "reply"; readonly call: number; readonly value: unknown }
  | { readonly kind: "refuse"; readonly call: number; readonly message: string };

export interface RunMessage {
  readonly kind: "run";
  /** Names this run: what the worker says of a cell says it of this run, or is not heard. */
  readonly run: number;
  readonly cell: string;
  readonly code: string;
  readonly defines: readonly string[];
  readonly reads: readonly string[];
  readonly seed: number;
  readonly params: GivenParams;
  readonly controls: readonly OtherControl[];
  /** It goes on from an earlier run of the cell. */
  readonly resumes?: boolean;
  /** Training may run from a captured program, unless the page says that it may not. */
  readonly capturing?: boolean;
}

export type ToPage =
  | { readonly kind: "ready"; readonly device: Device; readonly notice: string | null }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "outputs"; readonly run: number; readonly shown: readonly Shown[] }
  | { readonly kind: "trained"; readonly run: number; readonly names: readonly string[] }
  /** The cell asked for the value of this control. */
  | { readonly kind: "param"; readonly run: number; readonly control: ParamControl }
  | {
      readonly kind: "call";
      readonly run: number;
      /** null where no answer is waited for. */
      readonly call: number | null;
      readonly capability: string;
      readonly request: unknown;
    }
  | { readonly kind: "ended"; readonly run: number; readonly end: GuestEnd }
  /** What the kernel holds now, after each cell. */
  | { readonly kind: "held"; readonly held: HeldValues }
  /** Something went wrong with no cell to show it on. */
  | { readonly kind: "notice"; readonly message: string }
  /** The worker is of no more use: its device is gone, or it runs what it said had ended. */
  | { readonly kind: "lost"; readonly message: string };

export interface Shown {
  readonly bundle: MimeBundle;
  readonly id: string | null;
}

export type GuestEnd =
  | { readonly kind: "done" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "error"; readonly error: ErrorOutput };

const MOST_NAMES = 1_000;
const MOST_SHOWN = 10_000;
const MOST_FRAMES = 50;
const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 20_000;

/** What the worker said, or undefined where it is no message of ours. */
export function parseToPage(value: unknown): ToPage | undefined {
  const message = asRecord(value);
  const run = whole(message?.["run"]);
  switch (message?.["kind"]) {
    case "ready":
      return {
        kind: "ready",
        device: parseDevice(message["device"]),
        notice: text(message["notice"]),
      };
    case "failed":
      return { kind: "failed", message: text(message["message"]) ?? "" };
    case "outputs":
      if (run === undefined) return undefined;
      return {
        kind: "outputs",
        run,
        shown: asArray(message["shown"]).slice(0, MOST_SHOWN).flatMap(parseShown),
      };
    case "trained":
      return run === undefined
        ? undefined
        : { kind: "trained", run, names: names(message["names"]) };
    case "param": {
      const control = parseControl(message["control"]);
      return control && run !== undefined ? { kind: "param", run, control } : undefined;
    }
    case "call":
      return parseCall(message, run);
    case "ended": {
      const end = parseEnd(message["end"]);
      return end && run !== undefined ? { kind: "ended", run, end } : undefined;
    }
    case "held":
      return { kind: "held", held: parseHeldValues(message["held"]) };
    case "notice":
      return { kind: "notice", message: text(message["message"]) ?? "" };
    case "lost":
      return { kind: "lost", message: text(message["message"]) ?? "" };
    default:
      return undefined;
  }
}

function parseCall(message: Record<string, unknown>, run: number | undefined): ToPage | undefined {
  const capability = asString(message["capability"]);
  const call = message["call"] === null ? null : whole(message["call"]);
  if (capability === undefined || call === undefined || run === undefined) return undefined;
  return { kind: "call", run, call, capability, request: message["request"] };
}

function parseShown(value: unknown): Shown[] {
  const shown = asRecord(value);
  const bundle = parseBundle(shown?.["bundle"]);
  const id = asString(shown?.["id"]);
  return bundle ? [{ bundle, id: id === undefined ? null : id.slice(0, LONGEST_NAME) }] : [];
}

function parseEnd(value: unknown): GuestEnd | undefined {
  const end = asRecord(value);
  switch (end?.["kind"]) {
    case "done":
      return { kind: "done" };
    case "interrupted":
      return { kind: "interrupted" };
    case "error":
      return { kind: "error", error: parseError(end["error"]) };
    default:
      return undefined;
  }
}

function parseError(value: unknown): ErrorOutput {
  const error = asRecord(value) ?? {};
  return {
    name: (text(error["name"]) ?? "Error").slice(0, LONGEST_NAME),
    message: text(error["message"]) ?? "",
    line: whole(error["line"]) ?? null,
    column: whole(error["column"]) ?? null,
    stack: asArray(error["stack"])
      .slice(0, MOST_FRAMES)
      .flatMap((one) => {
        const frame = asRecord(one);
        const [cell, line, column] = [
          text(frame?.["cell"]),
          whole(frame?.["line"]),
          whole(frame?.["column"]),
        ];
        return cell === null || line === undefined || column === undefined
          ? []
          : [{ cell, line, column }];
      }),
  };
}

function parseDevice(value: unknown): Device {
  const device = asRecord(value);
  const packages = Object.entries(asRecord(device?.["packages"]) ?? {}).slice(0, MOST_NAMES);
  return {
    backend: (text(device?.["backend"]) ?? "").slice(0, LONGEST_NAME),
    adapter: (text(device?.["adapter"]) ?? "").slice(0, LONGEST_NAME),
    packages: Object.fromEntries(packages.map(([name, version]) => [name, text(version) ?? ""])),
  };
}

const BACKENDS: readonly Backend[] = ["auto", "webgpu", "webgl", "wasm", "cpu"];

/** What the page said, or undefined where it is no message of ours. */
export function parseToWorker(value: unknown): ToWorker | undefined {
  const message = asRecord(value);
  const call = whole(message?.["call"]);
  switch (message?.["kind"]) {
    case "start": {
      const backend = BACKENDS.find((one) => one === message["backend"]);
      return backend && { kind: "start", backend, wasm: parseWasm(message["wasm"]) };
    }
    case "run":
      return {
        kind: "run",
        run: whole(message["run"]) ?? 0,
        cell: asString(message["cell"]) ?? "",
        code: asString(message["code"]) ?? "",
        defines: names(message["defines"]),
        reads: names(message["reads"]),
        seed: asNumber(message["seed"]) ?? 1,
        params: parseGiven(message["params"]),
        controls: parseOtherControls(message["controls"]),
        resumes: message["resumes"] === true,
        capturing: message["capturing"] !== false,
      };
    case "interrupt":
      return { kind: "interrupt" };
    case "forget":
      return { kind: "forget", names: names(message["names"]) };
    case "free":
      return { kind: "free" };
    case "reply":
      return call === undefined ? undefined : { kind: "reply", call, value: message["value"] };
    case "refuse":
      if (call === undefined) return undefined;
      return { kind: "refuse", call, message: text(message["message"]) ?? "" };
    default:
      return undefined;
  }
}

function parseWasm(value: unknown): WasmBytes | null {
  const [simd, plain] = [asRecord(value)?.["simd"], asRecord(value)?.["plain"]];
  return simd instanceof ArrayBuffer && plain instanceof ArrayBuffer ? { simd, plain } : null;
}

function names(value: unknown): string[] {
  return asArray(value)
    .slice(0, MOST_NAMES)
    .flatMap((name) => (typeof name === "string" && name.length <= LONGEST_NAME ? [name] : []));
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value.slice(0, LONGEST_MESSAGE) : null;
}

function whole(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

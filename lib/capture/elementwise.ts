/**
 * What a kernel does to each element by itself, in the WGSL that TensorFlow.js generates for it, so that several such
 * kernels can be one and give the same bits.
 */
import type { UniformEntry, WebGpuProgram } from "./internals.ts";

/** Which element of an input belongs to element i of the output. */
export type Indexing =
  | { readonly kind: "same" }
  | { readonly kind: "first" }
  /** A row repeated, as a bias is: i % size. */
  | { readonly kind: "modulo"; readonly size: number }
  /** A column repeated, as a kept dimension is: i / size. */
  | { readonly kind: "divided"; readonly size: number };

export interface Elementwise {
  /** The body of a function of `a`, or of `a` and `b`, with braces; it names constants as `uniforms.NAME`. */
  readonly body: string;
  readonly arity: 1 | 2;
  /** The kernel's own numbers, by the names that the body has for them. */
  readonly constants: readonly { readonly name: string; readonly value: number }[];
  readonly indexing: readonly Indexing[];
  /** Elements of the output. */
  readonly count: number;
}

/** Undefined where the kernel is anything else, or reads or gives other than float32. */
export function elementwiseOf(
  program: WebGpuProgram,
  shapes: readonly (readonly number[])[],
  dtypes: readonly string[],
  own: readonly UniformEntry[],
): Elementwise | null {
  if (typeof program.op !== "number" || dtypes.some((dtype) => dtype !== "float32")) return null;
  const arity = program.variableNames.length;
  if (arity !== 1 && arity !== 2) return null;
  const found = shapes.map((shape) => indexingOf(shape, program.outputShape));
  const indexing = found.filter((one) => one !== undefined);
  if (indexing.length !== found.length) return null;
  const body = knownBodyOf(program, arity);
  if (body === undefined) return null;
  const names = namesOf(program.uniforms ?? "");
  const constants = names.map((name, i) => ({ name, value: own[i]?.data[0] ?? NaN }));
  return { body, arity, constants, indexing, count: sizeOf(program.outputShape) };
}

const bodies = new WeakMap<object, Map<string, string | undefined>>();

/** TensorFlow.js tells the code of its kernels apart by their classes and keys, too. */
function knownBodyOf(program: WebGpuProgram, arity: 1 | 2): string | undefined {
  const ofClass = bodies.get(program.constructor) ?? new Map<string, string | undefined>();
  bodies.set(program.constructor, ofClass);
  const key = `${program.shaderKey},${arity}`;
  if (!ofClass.has(key)) ofClass.set(key, bodyOf(program, arity));
  return ofClass.get(key);
}

/** The function as it is for single elements, whatever the kernel itself is vectorised for. */
function bodyOf(program: WebGpuProgram, arity: 1 | 2): string | undefined {
  const scalar = Object.create(program, {
    outputComponent: { value: 1 },
    type: { value: "nonshared" },
    lastDimensionSize: { value: 1 },
  }) as WebGpuProgram;
  const code = scalar.getUserCode();
  const at = code.indexOf(`fn ${arity === 1 ? "unary" : "binary"}Operation(`);
  if (at < 0) return undefined;
  const open = code.indexOf("{", at);
  if (code.slice(at, open).includes("vec4")) return undefined;
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === "{") depth++;
    else if (code[i] === "}" && --depth === 0) return code.slice(open, i + 1);
  }
  return undefined;
}

function namesOf(uniforms: string): string[] {
  return uniforms
    .split(",")
    .map((declared) => declared.split(":")[0]?.trim() ?? "")
    .filter((name) => name !== "");
}

/** Undefined for a broadcast that is none of the four. */
export function indexingOf(
  shape: readonly number[],
  output: readonly number[],
): Indexing | undefined {
  const [size, all] = [sizeOf(shape), sizeOf(output)];
  if (size === all) return { kind: "same" };
  if (size === 1) return { kind: "first" };
  if (shape.length > output.length) return undefined;
  const padded = [...output.slice(shape.length).map(() => 1), ...shape];
  const isEqual = (one: number, i: number): boolean => one === output[i];
  const firstNotOne = padded.findIndex((length) => length !== 1);
  if (padded.every((length, i) => i < firstNotOne || isEqual(length, i)))
    return { kind: "modulo", size };
  const lastNotOne = padded.findLastIndex((length) => length !== 1);
  if (padded.every((length, i) => i > lastNotOne || isEqual(length, i)))
    return { kind: "divided", size: all / size };
  return undefined;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((all, length) => all * length, 1);
}

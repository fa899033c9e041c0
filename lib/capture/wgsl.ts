/** Writes the WGSL of a fused kernel: the functions of its parts, put together in registers. */
import type { Indexing } from "./elementwise.ts";
import { type BufferId, type Command, type FusedKernel, type Graph, infoOf } from "./graph.ts";
import { EACH, WORKGROUP, isScalar } from "./passes/fuse.ts";

export interface FusedCode {
  readonly code: string;
  /** Storage buffers in the order of their bindings; the uniform comes after them. */
  readonly bindings: readonly BufferId[];
  readonly uniform: Uint8Array;
}

/** In `inPlace` an output names the input whose memory it takes; both are one binding then. */
export function fusedCode(
  graph: Graph,
  { kernel, inputs, outputs, dispatch }: Command & { readonly kernel: FusedKernel },
  inPlace: ReadonlyMap<BufferId, BufferId>,
): FusedCode {
  const replaced = new Map<BufferId, BufferId>();
  for (const id of outputs) {
    const input = inPlace.get(id);
    if (input !== undefined) replaced.set(input, id);
  }
  const onlyRead = inputs.filter((id) => !replaced.has(id));
  const bindings = [...outputs, ...onlyRead];
  const nameOf = (id: BufferId): string => {
    const bound = replaced.get(id) ?? id;
    return `b${bindings.indexOf(bound)}`;
  };
  const numbers = new Numbers(kernel.count, dispatch[0]);
  const functions = new Functions();
  const loads: string[] = [];
  const steps: string[] = [];
  const values = new Map<BufferId, string>();
  kernel.parts.forEach(({ elementwise, inputs: read, output }, part) => {
    const args = read.map((id, i) => {
      const known = values.get(id);
      if (known !== undefined) return known;
      if (isScalar(graph, id)) return numbers.of(scalarOf(graph, id));
      const loaded = `l${loads.length}`;
      loads.push(`let ${loaded} = ${nameOf(id)}[${indexOf(elementwise.indexing[i], numbers)}];`);
      return loaded;
    });
    const own = elementwise.constants.map(({ value }) => numbers.of(value));
    const name = functions.of(elementwise);
    steps.push(`let v${part} = ${name}(${[...args, ...own].join(", ")});`);
    values.set(output, `v${part}`);
  });
  // Whatever is written in place is read first.
  const stores = outputs.map((id) => `${nameOf(id)}[i] = ${values.get(id) ?? "0.0"};`);
  const code = `
struct Uniforms {
  NAN : f32,
  INFINITY : f32,
  count : u32,
  row : u32,
  numbers : array<vec4<u32>, ${numbers.vectors}>
};
@group(0) @binding(${bindings.length}) var<uniform> uniforms : Uniforms;
${bindings
  .map((_, i) => {
    const access = i < outputs.length ? "read_write" : "read";
    return `@group(0) @binding(${i}) var<storage, ${access}> b${i} : array<f32>;`;
  })
  .join("\n")}
fn isnan(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn isinf(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }
${functions.text}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group : vec3<u32>, @builtin(local_invocation_index) local : u32) {
  let first = (group.x + group.y * uniforms.row) * ${WORKGROUP * EACH}u + local;
  for (var each = 0u; each < ${EACH}u; each++) {
    let i = first + each * ${WORKGROUP}u;
    if (i >= uniforms.count) { return; }
    ${[...loads, ...steps, ...stores].join("\n    ")}
  }
}
`;
  return { code, bindings, uniform: numbers.bytes };
}

function indexOf(indexing: Indexing | undefined, numbers: Numbers): string {
  switch (indexing?.kind) {
    case "first":
      return "0u";
    case "modulo":
      return `i % ${numbers.ofSize(indexing.size)}`;
    case "divided":
      return `i / ${numbers.ofSize(indexing.size)}`;
    default:
      return "i";
  }
}

function scalarOf(graph: Graph, id: BufferId): number {
  const { origin } = infoOf(graph, id);
  if (origin.kind !== "constant") throw new Error(`Buffer ${id} is no constant`);
  const { buffer, byteOffset } = origin.data;
  return new DataView(buffer, byteOffset).getFloat32(0, true);
}

/** The numbers of a kernel, kept out of its code: another size or learning rate needs no other kernel. */
class Numbers {
  readonly #bits: number[] = [];
  readonly #count: number;
  readonly #row: number;

  /** Elements, and how many workgroups a row has. */
  constructor(count: number, row: number) {
    this.#count = count;
    this.#row = row;
  }

  of(value: number): string {
    const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
    return `bitcast<f32>(${this.ofSize(bits)})`;
  }

  ofSize(bits: number): string {
    const known = this.#bits.indexOf(bits);
    const at = known < 0 ? this.#bits.push(bits) - 1 : known;
    return `uniforms.numbers[${at >> 2}].${"xyzw"[at & 3]}`;
  }

  get vectors(): number {
    return Math.max(1, Math.ceil(this.#bits.length / 4));
  }

  get bytes(): Uint8Array {
    const all = new Uint32Array(4 + this.vectors * 4);
    new Float32Array(all.buffer, 0, 2).set([NaN, Infinity]);
    all.set([this.#count, this.#row], 2);
    all.set(this.#bits, 4);
    return new Uint8Array(all.buffer);
  }
}

/** Each function once, whatever the names of its constants. */
class Functions {
  readonly #names = new Map<string, string>();
  text = "";

  of({
    body,
    arity,
    constants,
  }: {
    readonly body: string;
    readonly arity: number;
    readonly constants: readonly { readonly name: string }[];
  }): string {
    const key = `${arity}${body}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `f${this.#names.size}`;
    this.#names.set(key, name);
    const own = constants.map((constant) => `own_${constant.name} : f32`);
    const params = [...["a : f32", "b : f32"].slice(0, arity), ...own].join(", ");
    const text = constants.reduce(
      (code, constant) => code.replaceAll(`uniforms.${constant.name}`, `own_${constant.name}`),
      body,
    );
    this.text += `fn ${name}(${params}) -> f32 ${text}\n`;
    return name;
  }
}

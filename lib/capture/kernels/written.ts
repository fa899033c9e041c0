/** What surrounds the work of one invocation in a kernel of our own: its bindings, its sizes, which part is its. */
import type { WrittenKernel } from "../graph.ts";

/** Few, so that all processors have some. */
const WORKGROUP = 8;
const MOST_WORKGROUPS = 65_535;

export interface Written {
  readonly kernel: WrittenKernel;
  readonly uniform: Uint8Array;
  /** Workgroups. */
  readonly dispatch: readonly [number, number, number];
}

export interface Work {
  /** Names and WGSL types of what is read; what is made is `result`. */
  readonly reads: readonly (readonly [name: string, type: string])[];
  readonly makes: string;
  /** Numbers that the code knows as `sizes.name`: another size needs no other kernel. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Invocations that have work. */
  readonly items: number;
  /** What one of them does; it knows its number as `item`. */
  readonly code: string;
}

export function written({ reads, makes, sizes, items, code }: Work): Written {
  const workgroups = Math.ceil(items / WORKGROUP);
  const x = Math.min(workgroups, MOST_WORKGROUPS);
  const all = { items, perRow: x * WORKGROUP, ...sizes };
  const bindings = [
    `var<storage, read_write> result : array<${makes}>;`,
    ...reads.map(([name, type]) => `var<storage, read> ${name} : array<${type}>;`),
    "var<uniform> sizes : Sizes;",
  ];
  const text = `
struct Sizes {
  ${Object.keys(all)
    .map((name) => `${name} : i32,`)
    .join("\n  ")}
};
${bindings.map((one, i) => `@group(0) @binding(${i}) ${one}`).join("\n")}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id : vec3<u32>) {
  let item = i32(id.x) + i32(id.y) * sizes.perRow;
  if (item >= sizes.items) { return; }
${code}
}
`;
  const uniform = new Uint8Array(Math.ceil(Object.keys(all).length / 4) * 16);
  new Int32Array(uniform.buffer).set(Object.values(all));
  return {
    kernel: { kind: "written", code: text },
    uniform,
    dispatch: [x, Math.ceil(workgroups / x), 1],
  };
}

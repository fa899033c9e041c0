/**
 * Takes away all that kernels do. What is left of a step is JavaScript, the browser's own part and the driver's. Their
 * bodies are emptied before they are compiled, and no workgroup of them is started: in software, to start the workgroups
 * of an empty kernel takes as long as all that is to be measured here.
 */
import { readZeros } from "../readZeros.ts";

/** Of this realm, for every kernel that is compiled from here on. */
export function emptyKernels(): void {
  emptyBodies();
  startNone();
  readZeros();
}

function emptyBodies(): void {
  const { prototype } = GPUDevice;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the device again
  const { createShaderModule } = prototype;
  prototype.createShaderModule = function (descriptor) {
    return createShaderModule.call(this, { ...descriptor, code: emptied(descriptor.code) });
  };
}

/** A kernel by the same name with the same bindings, which it touches: a layout has only what is touched. */
function emptied(code: string): string {
  const [, entry] = /@compute\s+@workgroup_size\([^)]*\)\s+fn\s+(\w+)/.exec(code) ?? [];
  if (entry === undefined) throw new Error(`This is no kernel: ${code.slice(0, 200)}`);
  const bound = [...code.matchAll(/@group\(0\)\s*@binding\((\d+)\)\s*var<([^>]+)>/g)];
  const declared = bound.map(([, number, space]) => {
    const type = space === "uniform" ? "u32" : "array<u32>";
    return `@group(0) @binding(${number}) var<${space}> b${number} : ${type};`;
  });
  const touched = bound.map(([, number]) => `_ = &b${number};`);
  return `${declared.join("\n")}
@compute @workgroup_size(1)
fn ${entry}() { ${touched.join(" ")} }`;
}

/** The dispatch stays a command like any other, of no workgroups. */
function startNone(): void {
  const { prototype } = GPUComputePassEncoder;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the pass again
  const { dispatchWorkgroups } = prototype;
  prototype.dispatchWorkgroups = function () {
    return dispatchWorkgroups.call(this, 0);
  };
}

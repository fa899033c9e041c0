/** An adapter as it is printed: "google swiftshader SwiftShader Device". */
export function adapterName({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [vendor, architecture, description || device].filter((part) => part !== "").join(" ");
}

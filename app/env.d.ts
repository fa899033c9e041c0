declare module "virtual:kernel" {
  const url: string;
  export default url;
}
declare module "virtual:charts" {
  const url: string;
  export default url;
}
declare module "virtual:kernel-versions" {
  const versions: Readonly<Record<string, string>>;
  export default versions;
}

declare module "virtual:type-library" {
  // eslint-disable-next-line @typescript-eslint/consistent-type-imports -- a declaration of a module has no imports of its own
  const library: import("./language/typeLibrary.ts").TypeLibrary;
  export default library;
}

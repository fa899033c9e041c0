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
  const library: import("./language/typeLibrary.ts").TypeLibrary;
  export default library;
}

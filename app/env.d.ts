declare module "virtual:kernel" {
  const url: string;
  export default url;
}
declare module "virtual:kernel-versions" {
  const versions: Readonly<Record<string, string>>;
  export default versions;
}
declare module "virtual:pwa-register" {
  export function registerSW(options?: {
    immediate?: boolean;
  }): (reload?: boolean) => Promise<void>;
}

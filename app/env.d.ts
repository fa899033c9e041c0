declare module "virtual:kernel" {
  const url: string;
  export default url;
}

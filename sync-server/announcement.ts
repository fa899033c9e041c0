/** What the server says about where it is, to the person who started it. */
import type { Settings } from "./settings.ts";

/** `networks`: this machine's addresses. */
export function announcement(
  { host, port, https }: Pick<Settings, "host" | "port" | "https">,
  networks: readonly string[],
): string[] {
  const scheme = https ? "https" : "http";
  const at = (name: string): string =>
    `${scheme}://${name.includes(":") ? `[${name}]` : name}:${port}`;
  const everywhere = host === "0.0.0.0" || host === "::";
  const here = everywhere || isHere(host);
  const lines = [`Ensemble is at ${at(here ? "localhost" : host)}`];
  const others = everywhere
    ? networks.filter((one) => !isHere(one) && !one.includes(":"))
    : [host].filter((one) => !isHere(one));
  if (others.length === 0)
    return everywhere
      ? lines
      : [...lines, "Only this machine can open it. For other devices: --host 0.0.0.0 --https"];
  const where = others.map(at).join(" or ");
  if (!https)
    return [
      ...lines,
      `Other devices reach it at ${where}, but keys, WebGPU and offline use exist only on https or localhost:`,
      "start with --https, or put a proxy with https in front.",
    ];
  return [
    ...lines,
    `On other devices: ${where}`,
    `Each of them has to trust this machine once: open ${at(others[0] ?? "")}/ca.crt there, and install it as a`,
    "certificate authority (Android: Settings, Security, Install a certificate. iOS: install the profile, then",
    "Settings, General, About, Certificate Trust Settings. Windows and Linux browsers: Settings, Certificates,",
    "Authorities, Import. macOS: Keychain Access, Always Trust). Until then there is a warning and no offline use.",
  ];
}

function isHere(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

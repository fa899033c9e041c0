/** What a browser is called among a person's devices, in plain words: "Firefox on Linux". */

interface Navigated {
  readonly userAgent: string;
  readonly maxTouchPoints?: number;
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|HeadlessChrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** `navigator`: what the page knows of its browser; undefined outside of one. */
export function deviceName(navigator: Navigated | undefined): string {
  const { userAgent = "", maxTouchPoints = 0 } = navigator ?? {};
  const first = (list: typeof BROWSERS): string | undefined =>
    list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = first(BROWSERS) ?? "Browser";
  const named = first(SYSTEMS);
  // An iPad says that it is a Macintosh, but no Macintosh is touched.
  const system = named === "macOS" && maxTouchPoints > 1 ? "iPad" : named;
  return system === undefined ? browser : `${browser} on ${system}`;
}

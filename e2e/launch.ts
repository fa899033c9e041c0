/** A browser outside the stories' runner, with the same flags: for benchmarks. */
import { type Browser, chromium } from "playwright";
import { LAUNCH_ARGS, findBrowser } from "./browser.js";

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: LAUNCH_ARGS });
}

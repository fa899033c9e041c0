/** A browser outside the stories' runner, with the same flags and a few more: for benchmarks, and for stories that need one. */
import { type Browser, chromium } from "playwright";
import { LAUNCH_ARGS, findBrowser } from "./browser.js";

export function launchBrowser(...args: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: [...LAUNCH_ARGS, ...args] });
}

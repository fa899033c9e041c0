/**
 * Finds the browser that the stories and benchmarks run in: an installed Chromium or Chrome, else
 * Playwright's, else it installs one, else it says what to do. Plain JavaScript, so that Node runs it as it is.
 */
import { chromium } from "@playwright/test";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const ELSEWHERE = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** WebGPU on a software adapter, and no traffic of the browser's own. */
export const LAUNCH_ARGS = [
  "--enable-unsafe-webgpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** The path of a browser, installed first where need be. Throws with the sentence that says what to do. */
export function findBrowser() {
  const found = installedBrowser() ?? playwrightsBrowser();
  if (found) return found;
  install();
  const installed = installedBrowser() ?? playwrightsBrowser();
  if (installed) return installed;
  throw new Error(
    "The browser stories need Chromium or Chrome, and none could be found or installed. " +
      "Install one (on Debian and Ubuntu: apt-get install chromium), or run `npx playwright install chromium`, " +
      "or set ENSEMBLE_BROWSER to the path of one.",
  );
}

function installedBrowser() {
  const chosen = process.env.ENSEMBLE_BROWSER;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new Error(`ENSEMBLE_BROWSER is ${chosen}, and there is no such file.`);
  }
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...ELSEWHERE].find((path) => existsSync(path) && answers(path));
}

/** Ubuntu's /usr/bin/chromium-browser may be a note that a snap is missing: it must say its version. */
function answers(path) {
  const said = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 20_000 });
  return said.status === 0 && /\d+\.\d+/.test(said.stdout);
}

function playwrightsBrowser() {
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : undefined;
}

function install() {
  const debian =
    existsSync("/etc/debian_version") && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  const how = debian
    ? [
        ["apt-get", ["update", "-qq"]],
        ["apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]],
      ]
    : [["npx", ["playwright", "install", "chromium"]]];
  const system = debian ? readFileSync("/etc/debian_version", "utf8").trim() : process.platform;
  console.log(`No Chromium or Chrome here (${system}): installing one.`);
  for (const [command, args] of how) {
    try {
      execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    } catch {
      return;
    }
  }
}

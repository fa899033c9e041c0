/** `npm run stories`: builds the app, finds a browser, and runs the user stories in it. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { findBrowser } from "./browser.js";

function step(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    stdio: "inherit",
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

let browser;
try {
  browser = findBrowser();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
step("npm", ["run", "--silent", "build"]);
step(
  "npx",
  ["playwright", "test", "--config", "e2e/playwright.config.ts", ...process.argv.slice(2)],
  {
    ENSEMBLE_BROWSER: browser,
  },
);

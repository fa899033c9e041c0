import { defineConfig } from "@playwright/test";
import { LAUNCH_ARGS, findBrowser } from "./browser.js";

// Found once, and handed to the processes that run the stories.
const executablePath = (process.env["ENSEMBLE_BROWSER"] ??= findBrowser());

export default defineConfig({
  testDir: ".",
  testMatch: "*.story.ts",
  outputDir: "../test-results",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  forbidOnly: true,
  retries: 0,
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath,
      args: LAUNCH_ARGS,
    },
    screenshot: "only-on-failure",
    trace: "off",
  },
});

import { defineConfig } from "@playwright/test";
import { LAUNCH_ARGS } from "./browser.js";

const executablePath = process.env["ENSEMBLE_BROWSER"];

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
      ...(executablePath === undefined ? {} : { executablePath }),
      args: LAUNCH_ARGS,
    },
    screenshot: "only-on-failure",
    trace: "off",
  },
});

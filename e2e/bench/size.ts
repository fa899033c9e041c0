/** How much JavaScript the home page fetches before it can be used, gzipped, in a real browser. */
import { gzipSync } from "node:zlib";
import { launchBrowser } from "../launch.ts";
import { startServer } from "../server.ts";
import { reached, record } from "./figures.ts";

const MOST_KB = 150;

export async function measure(): Promise<boolean> {
  const server = await startServer();
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ serviceWorkers: "block" });
    const scripts: { path: string; bytes: Promise<number> }[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      const bytes = response.body().then((body) => gzipSync(body).length);
      scripts.push({ path: new URL(response.url()).pathname, bytes });
    });
    await page.goto(server.origin);
    await page.getByRole("button", { name: "New workspace" }).click({ trial: true });
    const sizes = await Promise.all(
      scripts.map(async ({ path, bytes }) => ({ path, bytes: await bytes })),
    );
    for (const { path, bytes } of sizes) console.log(`  ${(bytes / 1000).toFixed(1)} kB  ${path}`);
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
    await record("size", { unit: "kB gzipped", total, scripts: sizes });
    return sizes.length > 0 && reached("JavaScript of the home page", total, MOST_KB, " kB");
  } finally {
    await browser.close();
    await server.close();
  }
}

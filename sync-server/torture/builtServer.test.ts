import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { builtServer } from "./builtServer.ts";

it("every thread of the built server is started from a file that is there", async () => {
  const folder = dirname(await builtServer());
  const found: string[] = [];
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js")) continue;
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    for (const [, to = ""] of text.matchAll(/new URL\("([^"]+\.js)", import\.meta\.url\)/g)) {
      found.push(to);
      expect(existsSync(join(dirname(path), to)), `${file} starts ${to}`).toBe(true);
    }
  }
  expect(found.sort()).toEqual(["./foldThread.js", "./markThread.js"]);
}, 120_000);

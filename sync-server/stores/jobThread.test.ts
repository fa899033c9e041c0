import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const root = dirname(import.meta.dirname);

/** A file and everything that it imports, however far. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, to = ""] of readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g)) {
    const path = join(dirname(file), to);
    if (existsSync(path)) withImports(path, seen);
  }
  return seen;
}

it("a thread is started from a file that no thread imports: such a file is not built beside it", () => {
  const threads = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /Thread\.ts$/.test(file),
  );
  const marks = threads.filter((file) =>
    readFileSync(join(root, file), "utf8").includes("answerJobs("),
  );
  expect(marks.length).toBeGreaterThan(1);
  for (const thread of marks)
    for (const file of withImports(join(root, thread)))
      expect(readFileSync(file, "utf8"), `${thread} imports ${relative(root, file)}`).not.toMatch(
        /new URL\("[^"]+\.js", import\.meta\.url\)/,
      );
});

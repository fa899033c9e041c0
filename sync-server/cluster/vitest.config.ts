/** The tests that need a real Redis and a real PostgreSQL: `npm run test:cluster`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: ".",
    include: ["sync-server/cluster/**/*.test.ts"],
    allowOnly: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

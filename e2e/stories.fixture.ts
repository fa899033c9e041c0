/** What every story has: the real server, and a way to end every browser that it opened. */
import { test as base } from "@playwright/test";
import { type Server, startServer } from "./server.ts";

export const test = base.extend<{ server: Server }>({
  server: async ({ browser }, use) => {
    const server = await startServer();
    await use(server);
    for (const context of browser.contexts()) await context.close();
    await server.close();
  },
});

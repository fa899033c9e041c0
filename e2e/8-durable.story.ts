// Story 8: what was shown as "Saved" survives the death of the server and of the browser that wrote it.
import { expect } from "@playwright/test";
import {
  addCode,
  connection,
  foundWorkspace,
  joinWorkspace,
  openNewNotebook,
  sourceOf,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

test("the server is killed right after Saved, and nothing is gone", async ({ browser, server }) => {
  const mira = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(mira);
  const notebook = mira.url();
  const ada = await joinWorkspace(browser, mira, "Ada Obi", "Editor");
  await ada.close();
  for (let round = 1; round <= 5; round++) {
    await addCode(mira, `const round${round} = ${round};`);
    await expect(connection(mira)).toHaveText("Saved");
    await server.kill();
    await expect(connection(mira)).toHaveText("Offline");
    await server.start();
    await expect(connection(mira)).toHaveText("Saved");
  }
  await addCode(mira, "const last = true;");
  await expect(connection(mira)).toHaveText("Saved");
  const jun = await joinWorkspace(browser, mira, "Jun Tan", "Editor");
  await server.kill();
  await mira.context().close();
  await server.start();
  await jun.goto(notebook);
  for (let round = 1; round <= 5; round++)
    await expect(sourceOf(jun, round)).toContainText(`const round${round} = ${round};`);
  await expect(sourceOf(jun, 6)).toContainText("const last = true;");
});

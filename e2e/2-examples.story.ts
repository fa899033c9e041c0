// Story 2: the home page offers a workspace and examples that run as they are.
import { expect } from "@playwright/test";
import { stateOf } from "./people.ts";
import { test } from "./stories.fixture.ts";

const examples = [
  { title: "Two moons", shows: "img" },
  { title: "Drawn digits", shows: "table" },
  { title: "A table with gaps", shows: "img" },
] as const;

for (const { title } of examples)
  test(`the example "${title}" opens, runs from top to bottom, and leaves a run`, async ({
    page,
    server,
  }) => {
    await page.goto(server.origin);
    await page
      .getByRole("article", { name: title })
      .getByRole("button", { name: "Open example" })
      .click();
    const cells = page
      .getByRole("list", { name: "Cells" })
      .getByRole("group", { name: /^Cell \d+$/ });
    await expect(cells.first()).toBeVisible();
    await page.getByRole("button", { name: "Run all" }).click();
    const count = await cells.count();
    expect(count).toBeGreaterThan(5);
    let code = 0;
    for (let number = 1; number <= count; number++) {
      const state = stateOf(page, number);
      if ((await state.count()) === 0) continue; // a text cell
      code++;
      await expect(state).toHaveText(/^(done|error)$/, { timeout: 90_000 });
      await expect(state).toHaveText("done");
    }
    expect(code).toBeGreaterThan(3);
    await page
      .getByRole("navigation", { name: "Workspace" })
      .getByRole("link", { name: "Runs" })
      .click();
    await expect(page.getByRole("table", { name: "Runs" }).getByRole("row")).not.toHaveCount(1);
  });

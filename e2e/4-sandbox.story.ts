// Story 4: cells run in the sandbox and nowhere else, in dataflow order, on a backend that is named.
import { expect } from "@playwright/test";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { launchBrowser } from "./launch.ts";
import {
  addCode,
  chooseBackend,
  foundWorkspace,
  interrupt,
  joinWorkspace,
  openNewNotebook,
  openSection,
  outputOf,
  run,
  runToEnd,
  sourceOf,
  stateOf,
  write,
} from "./people.ts";
import { test } from "./stories.fixture.ts";

test("the backend and the adapter in use are on screen, and nothing falls back silently", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  const kernel = page.getByRole("status", { name: "Kernel" });
  const cell = await addCode(page, `import * as tf from "@tensorflow/tfjs";\ntf.getBackend()`);
  await runToEnd(page, cell);
  await expect(kernel).toContainText("CPU"); // auto, and the only adapter is a software one
  await chooseBackend(page, "WebGPU");
  await runToEnd(page, cell);
  await expect(outputOf(page, cell)).toContainText("webgpu");
  await expect(kernel).toContainText(/WebGPU.*swiftshader/i);
  // What the GPU has to complain of, and its loss, are told on the cell; what was held is gone, and said to be.
  const held = await addCode(page, `const held = tf.range(0, 5000).mul(2);\nheld.dataSync()`);
  await run(page, held);
  await expect(outputOf(page, held)).toContainText("await tensor.data()");
  await write(page, held, `const held = tf.range(0, 5000).mul(2);\nawait held.sum().data()`);
  await runToEnd(page, held);
  const lost = await addCode(
    page,
    `const { device } = tf.backend();\ndevice.createBuffer({ size: 16, usage: 0x8001 });\ndevice.destroy();`,
  );
  await run(page, lost);
  await expect(outputOf(page, lost)).toContainText("The GPU was lost");
  await expect(outputOf(page, lost)).toContainText("is invalid for WGPUBufferUsage");
  await expect(page.getByRole("status", { name: "Kernel notice" })).toContainText(
    "Cells 1 and 2 are not run here now.",
  );
  await runToEnd(page, held);
  await chooseBackend(page, "WASM");
  await runToEnd(page, cell);
  await expect(outputOf(page, cell)).toContainText("wasm");
  await expect(kernel).toContainText("WASM");
});

test("cells run after what they read, and a change makes stale what depends on it", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await addCode(page, "sum * 10");
  await addCode(page, "const sum = a + 1; sum");
  await addCode(page, "const a = 1;");
  await addCode(page, "const apart = 5; apart");
  await runToEnd(page, 1);
  await expect(outputOf(page, 1)).toContainText("20");
  await expect(stateOf(page, 4)).toHaveText("not run");
  await runToEnd(page, 4);
  await write(page, 3, "const a = 4;");
  for (const number of [1, 2, 3]) await expect(stateOf(page, number)).toHaveText("stale");
  await expect(stateOf(page, 4)).toHaveText("done");
  await page.getByRole("button", { name: "Run stale" }).click();
  await expect(outputOf(page, 1)).toContainText("50");
  for (const number of [1, 2, 3]) await expect(stateOf(page, number)).toHaveText("done");
  // Whoever runs by the keys and writes on at once loses no letter.
  await sourceOf(page, 4).click();
  await page.keyboard.press("Alt+Enter");
  await page.keyboard.type("apart * 2");
  await expect(sourceOf(page, 5)).toHaveText("apart * 2");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("b");
  await expect(page.getByRole("group", { name: "Cell 6", exact: true })).toBeFocused();
  await expect(outputOf(page, 5)).toContainText("10");
  for (const key of ["d", "d"]) await page.keyboard.press(key);
  await page.getByRole("group", { name: "Cell 5", exact: true }).focus();
  for (const key of ["d", "d"]) await page.keyboard.press(key);
  // The panel beside it: the graph says the same and leads there, and what the kernel holds is told.
  await page.getByRole("button", { name: "Graph", exact: true }).click();
  const graph = page.getByRole("list", { name: "Graph" });
  await graph.getByRole("button", { name: "Cell 2, done, reads a from cell 3" }).click();
  await expect(page.getByRole("group", { name: "Cell 2", exact: true })).toBeFocused();
  const leak = `import * as tf from "@tensorflow/tfjs";\nconst kept = tf.ones([50]);\ntf.ones([100]);`;
  const leaking = await addCode(page, leak);
  for (let i = 0; i < 3; i++) await runToEnd(page, leaking);
  await page.getByRole("button", { name: "Variables", exact: true }).click();
  const variables = page.getByRole("list", { name: "Variables" });
  for (const name of ["sum, number, from cell 2", "kept, tensor float32 [50], 200 B, from cell 5"])
    await expect(variables.getByRole("button", { name })).toBeVisible();
  const left = page.getByRole("region", { name: "Tensors left behind" });
  await expect(left).toContainText("Cell 5 left 4 tensors (1.2 kB) over 2 re-runs");
  await left.getByRole("button", { name: "Free them" }).click();
  await expect(left).toHaveCount(0);
  await expect(page.getByRole("status", { name: "Memory" })).toHaveText(/^2 tensors/);
  await page.reload();
  await expect(outputOf(page, 1)).toContainText("50");
  await expect(stateOf(page, 1)).toHaveText("done");
});

test("a chart is drawn under the page's policy, and loads nothing", async ({ browser, server }) => {
  const hits: string[] = [];
  const listener = createServer((request, response) => {
    hits.push(request.url ?? "");
    response.writeHead(200, { "access-control-allow-origin": "*" }).end("kind,n");
  });
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  const out = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  const spec = (data: string): string =>
    `({ $schema: "https://vega.github.io/schema/vega-lite/v6.json", data: ${data}, mark: "bar", width: 300,
  encoding: { x: { field: "kind" }, y: { field: "n", type: "quantitative" } } })`;
  const chart = await addCode(page, spec(`{ values: [{ kind: "all", n: 4 }] }`));
  await runToEnd(page, chart);
  const drawn = outputOf(page, chart).getByRole("img", { name: "chart of bar; x: kind, y: n" });
  await expect(drawn).toBeVisible();
  await drawn.hover();
  await expect(outputOf(page, chart).getByText("all")).toBeVisible();
  const loading = await addCode(page, spec(`{ url: "http://${out}/data.csv" }`));
  await runToEnd(page, loading);
  await expect(outputOf(page, loading)).toContainText("charts load nothing here");
  expect(hits).toEqual([]);
  listener.close();
});

test("what goes wrong is shown on the cell with its line and column, and the notebook goes on", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openNewNotebook(page);
  await runToEnd(page, await addCode(page, "const kept = 1;"));
  const bad = await addCode(page, "const x = 1;\nconst y = = 2;");
  await run(page, bad);
  await expect(outputOf(page, bad)).toContainText(/line 2/i);
  const thrown = await addCode(
    page,
    `const deep = () => {\n  throw new RangeError("out of birds");\n};\nawait Promise.resolve().then(deep);`,
  );
  await run(page, thrown);
  await expect(stateOf(page, thrown)).toHaveText("error");
  await expect(outputOf(page, thrown)).toContainText("out of birds");
  await expect(outputOf(page, thrown)).toContainText(/line 2/i);
  const rejected = await addCode(page, `await Promise.reject(new Error("turned down"));`);
  await run(page, rejected);
  await expect(outputOf(page, rejected)).toContainText("turned down");
  const unknown = await addCode(page, `import * as x from "left-pad";`);
  await run(page, unknown);
  await expect(outputOf(page, unknown)).toContainText("@observablehq/plot");

  const endless = await addCode(page, "while (true) {}");
  await run(page, endless);
  await expect(stateOf(page, endless)).toHaveText("running");
  await expect(page.getByRole("status", { name: "Kernel notice" })).toHaveCount(0);
  expect(await interrupt(page, endless)).toBeLessThan(1000);
  await expect(stateOf(page, endless)).toHaveText("error");
  await expect(page.getByRole("status", { name: "Kernel notice" })).toContainText(
    "Cell 1 is not run here now.",
  );

  const calm = await addCode(page, "1 + 1");
  await runToEnd(page, calm); // a kernel is on again
  const spinning = await addCode(
    page,
    "const spin = () => Promise.resolve().then(spin);\nawait spin();",
  );
  await run(page, spinning);
  await expect(stateOf(page, spinning)).toHaveText("running");
  expect(await interrupt(page, spinning)).toBeLessThan(1000);
  await expect(stateOf(page, spinning)).toHaveText("error");

  const greedy = await addCode(page, "new Float64Array(1e12)");
  await run(page, greedy);
  await expect(stateOf(page, greedy)).toHaveText("error");
  await expect(outputOf(page, greedy)).toContainText("RangeError");
  const after = await addCode(page, "6 * 7");
  await runToEnd(page, after);
  await expect(outputOf(page, after)).toContainText("42");
});

test("a cell that takes all memory ends by itself, and everybody sees why", async ({ server }) => {
  // A frame that runs out of memory takes the driver's hold on its page with it, so a second member looks. The
  // limit is low, that it does not take long.
  const limited = await launchBrowser("--js-flags=--max-old-space-size=256");
  const browser = await launchBrowser();
  try {
    const mira = await foundWorkspace(limited, server.origin, "Mira Lind");
    const jun = await joinWorkspace(browser, mira, "Jun Ito", "Editor");
    await openNewNotebook(mira);
    const greedy = await addCode(
      mira,
      "const hoard = [];\nfor (;;) hoard.push(new Array(1_000_000).fill(hoard));",
    );
    await openSection(jun, "Notebooks");
    await jun.getByRole("list", { name: "Notebooks", exact: true }).getByRole("link").click();
    await expect(stateOf(jun, greedy)).toHaveText("not run");
    let crashed = 0;
    mira.on("crash", () => (crashed = Date.now()));
    await run(mira, greedy);
    // It is Mira's page that writes this, once her kernel is gone: the page goes on.
    await expect(outputOf(jun, greedy)).toContainText(/memory/, { timeout: 70_000 });
    expect(Date.now() - crashed).toBeLessThan(15_000);
    await expect(stateOf(jun, greedy)).toHaveText("error");
    const after = await addCode(jun, "6 * 7");
    await runToEnd(jun, after);
    await expect(outputOf(jun, after)).toContainText("42");
  } finally {
    await limited.close();
    await browser.close();
  }
});

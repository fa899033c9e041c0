/** Rules of `display(value, { id })`: what takes the place of what, in which order. */
import { beforeEach, expect, it } from "vitest";
import { LiveOutput } from "../../notebook/liveOutput.ts";
import { GuestWorkshop, type Ran } from "../../testing/guestWorld.ts";
import { progressGuest } from "../progress/guest.ts";
import { showingGuest } from "./showing.ts";

let workshop: GuestWorkshop;

beforeEach(() => {
  workshop = new GuestWorkshop();
  workshop.runtime.provide({}, [showingGuest, progressGuest(workshop.world)]);
});

/** What stands under the cell at the end, as the page puts it together. */
function standing(ran: Ran): unknown[] {
  const inputs = { seed: 1, sources: [], datasets: [], params: [] };
  const live = new LiveOutput({
    by: "m",
    byName: "M",
    at: 0,
    inputs,
  } as unknown as ConstructorParameters<typeof LiveOutput>[0]);
  for (const { bundle, id } of ran.shown) live.show(bundle, id ?? undefined);
  return live.record("done", 1, "cpu").bundles.map((bundle) => bundle["text/plain"]);
}

const run = async (source: string): Promise<Ran> =>
  workshop.run("a", `import { display, md } from "ensemble"\n${source}`);

it("keeps its place when it is shown again after something else", async () => {
  const ran = await run(
    `display("one", { id: "x" }); display("between"); display("two", { id: "x" }); "last"`,
  );
  expect(standing(ran)).toEqual(["two", "between", "last"]);
});

it("may become something of another kind", async () => {
  const ran = await run(
    `display("text", { id: "x" }); display([{ a: 1 }], { id: "x" }); display(md\`**b**\`, { id: "x" })`,
  );
  expect(standing(ran)).toEqual(["**b**"]);
});

it("keeps ids apart, and what has none", async () => {
  const ran = await run(
    `for (const id of ["x", "y", "x", "y"]) display(id + Math.floor(1), { id }); display(1); display(1)`,
  );
  expect(standing(ran)).toEqual(["x1", "y1", "1", "1"]);
});

it("keeps the order in which it was called where values come later", async () => {
  const ran =
    await run(`const later = (value, turns) => (turns === 0 ? value : Promise.resolve().then(() => later(value, turns - 1)))
display(Promise.resolve().then(() => later("slow", 50)), { id: "x" })
display("quick", { id: "x" })
display(Promise.resolve().then(() => later("slow end", 50)))
"end"`);
  expect(standing(ran)).toEqual(["quick", "slow end", "end"]);
});

it("starts afresh with each run of its cell", async () => {
  expect(standing(await run(`display(1, { id: "x" })`))).toEqual(["1"]);
  expect(standing(await run(`display(2); display(3, { id: "x" })`))).toEqual(["2", "3"]);
});

it("updated a thousand times sends only what a person could have seen", async () => {
  const ran = await run(
    `for (let i = 0; i < 1000; i++) display("picture " + i, { id: "chart" })\n"done"`,
  );
  expect(standing(ran)).toEqual(["picture 999", "done"]);
  expect(ran.shown.length).toBeLessThan(200);
});

it.each([
  ["[[1, 2], [3, 4]]", "\t0\t1\n0\t1\t2\n1\t3\t4\n2 rows"],
  ["{ mean: { a: 1 }, most: { a: 2 } }", "\ta\nmean\t1\nmost\t2\n2 rows"],
  ["[7, 8]", "\tvalue\n0\t7\n1\t8\n2 rows"],
  ["[{ a: 1 }]", "a\n1\n1 rows"],
])("console.table shows %s as rows", async (value, words) => {
  const own = { ...console };
  workshop.runtime.redirectConsole(own);
  Object.assign(globalThis, { ownConsole: own });
  expect(standing(await run(`ownConsole.table(${value})`))).toEqual([words]);
});

/** Rules of `param()` inside the worker: a value at once, a control under the cell, one definition for one name. */
import { beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { GuestWorkshop } from "../../testing/guestWorld.ts";
import { defineControl } from "../params.ts";
import { type Param, paramGuest } from "./param.ts";
import { showingGuest } from "./showing.ts";

const CONTROL = "application/vnd.ensemble.control+json";
const slider = `import { param } from "ensemble";
const rate = param("rate", 0.01, { min: 1e-4, max: 1, scale: "log" });
rate * 100`;
let workshop: GuestWorkshop;

beforeEach(() => {
  workshop = new GuestWorkshop();
  workshop.runtime.provide({}, [showingGuest, paramGuest]);
});

const message = (ran: Awaited<ReturnType<GuestWorkshop["run"]>>): string =>
  ran.end.kind === "error" ? ran.end.error.message : ran.end.kind;

describe("param()", () => {
  it("gives the initial value at once, draws the control where it is called, and tells the page", async () => {
    const ran = await workshop.run("a", slider);
    expect(ran.end).toEqual({ kind: "done" });
    expect(ran.shown.map((one) => one.bundle["text/plain"])).toEqual(["rate: 0.01", "1"]);
    expect(ran.shown[0]?.bundle[CONTROL]).toMatchObject({ name: "rate", scale: "log", max: 1 });
    expect(workshop.messages.filter((one) => one.kind === "param")).toMatchObject([
      { control: { name: "rate", initial: 0.01, private: false } },
    ]);
  });

  it("gives what was set, and the initial value where that is none of the control's", async () => {
    workshop.params = { shared: { rate: 0.5 }, private: { rate: 0.7 } };
    expect((await workshop.run("a", slider)).shown[1]?.bundle["text/plain"]).toBe("50");
    workshop.params = { shared: { rate: "lots" }, private: {} };
    expect((await workshop.run("a", slider)).shown[1]?.bundle["text/plain"]).toBe("1");
  });

  it("keeps private values apart from shared ones", async () => {
    workshop.params = { shared: { n: 1 }, private: { n: 2 } };
    const ran = await workshop.run(
      "a",
      `import { param } from "ensemble"; param("n", 0, { private: true })`,
    );
    expect(ran.shown[1]?.bundle["text/plain"]).toBe("2");
  });

  it("is one control however often a cell calls it, and an error where the definitions differ", async () => {
    const twice = `import { param } from "ensemble";
for (let i = 0; i < 3; i++) param("n", 1);
param("n", 1, { min: 0 })`;
    const ran = await workshop.run("a", twice);
    expect(message(ran)).toContain('asks for param("n") twice');
    expect(ran.shown).toHaveLength(1);
    expect(workshop.messages.filter((one) => one.kind === "param")).toHaveLength(1);
  });

  it("is an error that names the cell where another cell's definition differs", async () => {
    workshop.controls = [{ control: defineControl("rate", 0.01, {}), where: "cell 3" }];
    const ran = await workshop.run("a", slider);
    expect(message(ran)).toMatch(/^param\("rate"\) is defined in another way in cell 3\./);
    expect(ran.end).toMatchObject({ error: { line: 2 } });
    const same = defineControl("rate", 0.01, { min: 1e-4, max: 1, scale: "log" });
    workshop.controls = [{ control: same, where: "cell 3" }];
    expect(message(await workshop.run("a", slider))).toBe("done");
  });

  it("says what is wrong with a definition, and where", async () => {
    const ran = await workshop.run(
      "a",
      `import { param } from "ensemble";\nparam("p", 2, {max: 1})`,
    );
    expect(ran.end).toMatchObject({ error: { name: "RangeError", line: 2 } });
  });

  it("is an error where a cell has more of them than anybody could move", async () => {
    const many = `import { param } from "ensemble";
for (let i = 0; i < 1e6; i++) param("p" + i, i)`;
    const ran = await workshop.run("a", many);
    expect(message(ran)).toBe("A cell has at most 100 params.");
    expect(workshop.messages.filter((one) => one.kind === "param")).toHaveLength(100);
  });

  it("knows the type of its value", () => {
    const param = (() => 0) as unknown as Param;
    expectTypeOf(param("rate", 0.1, { min: 0, max: 1 })).toEqualTypeOf<number>();
    expectTypeOf(param("on", true)).toEqualTypeOf<boolean>();
    expectTypeOf(param("words", "a", { private: true })).toEqualTypeOf<string>();
    expectTypeOf(param("opt", "a", { options: ["a", "b"] })).toEqualTypeOf<"a" | "b">();
    expectTypeOf(param("size", 16, { options: [16, 32] })).toEqualTypeOf<16 | 32>();
  });
});

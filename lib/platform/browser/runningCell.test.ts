/** What a run of a cell lets through to whoever listens, and until when. */
import { beforeEach, expect, it } from "vitest";
import type { CellId, Digest, NotebookId } from "../../base/ids.ts";
import type { CallContext, Capability } from "../../kernel/capability.ts";
import type { CellListener } from "../../kernel/kernel.ts";
import { defineControl, nothingGiven } from "../../kernel/params.ts";
import { RunningCell } from "./runningCell.ts";

let heard: string[] = [];
beforeEach(() => (heard = []));
const listener: CellListener = {
  output: () => void heard.push("output"),
  progress: ({ label }) => void heard.push(`progress ${label}`),
  readDataset: (name) => void heard.push(`read ${name}`),
  readParam: ({ name }) => void heard.push(`param ${name}`),
  startedRun: (run) => void heard.push(`started ${run}`),
  trained: () => void heard.push("trained"),
};

it("hears nothing of a capability that goes on after its cell has ended", async () => {
  let context: CallContext | undefined;
  const slow: Capability = {
    name: "slow",
    parse: (value) => value,
    host(_request, given) {
      context = given;
      return new Promise(() => undefined);
    },
  };
  const facts = { notebook: "n" as NotebookId, sources: [], datasets: [] };
  const nothing = { code: "", defines: [], reads: [], params: nothingGiven, controls: [] };
  const run = { cell: "a" as CellId, seed: 1, capturing: true, facts, ...nothing };
  const parts = { capabilities: [slow], explain: String };
  const cell = new RunningCell(run, listener, parts);
  cell.begin({ backend: "CPU", adapter: "", packages: {} }, () => undefined);
  cell.receive({ kind: "call", run: cell.id, call: 1, capability: "slow", request: null });
  context?.progress({ label: "halfway", fraction: 0.5, leftMs: null });
  expect(heard).toEqual(["progress halfway"]);

  await cell.close({ kind: "interrupted", kernelEnded: false });
  expect(context?.signal.aborted).toBe(true);
  context?.progress({ label: "later", fraction: 0.6, leftMs: null });
  context?.readDataset("mpg", "d" as Digest);
  context?.startedRun("r");
  expect(heard).toEqual(["progress halfway"]);
});

it("adds the params that a cell asks for to the facts behind its runs, with the values of this run", async () => {
  let context: CallContext | undefined;
  const watching: Capability = {
    name: "watch",
    parse: (value) => value,
    host(_request, given) {
      context = given;
      return Promise.resolve();
    },
  };
  const facts = {
    notebook: "n" as NotebookId,
    sources: [],
    datasets: [],
    params: { above: 1, rate: 9 },
  };
  const params = { shared: { rate: 0.5, broken: "x" }, private: { own: true } };
  const none = { code: "", defines: [], reads: [], seed: 1, controls: [] };
  const run = { cell: "a" as CellId, facts, params, capturing: true, ...none };
  const cell = new RunningCell(run, listener, { capabilities: [watching], explain: String });
  cell.begin({ backend: "CPU", adapter: "", packages: {} }, () => undefined);
  cell.receive({ kind: "call", run: cell.id, call: null, capability: "watch", request: null });
  for (const control of [
    defineControl("rate", 0.1, { min: 0, max: 1 }),
    defineControl("broken", 2, {}),
    defineControl("own", false, { private: true }),
  ])
    cell.receive({ kind: "param", run: cell.id, control });
  expect(heard).toEqual(["param rate", "param broken", "param own"]);
  expect(context?.facts.params).toEqual({ above: 1, rate: 0.5, broken: 2, own: true });
  await cell.close({ kind: "done" });
});

/** What a run of a cell lets through to whoever listens, and until when. */
import { expect, it } from "vitest";
import type { CellId, Digest, NotebookId } from "../../base/ids.ts";
import type { CallContext, Capability } from "../../kernel/capability.ts";
import type { CellListener } from "../../kernel/kernel.ts";
import { RunningCell } from "./runningCell.ts";

const heard: string[] = [];
const listener: CellListener = {
  output: () => void heard.push("output"),
  progress: ({ label }) => void heard.push(`progress ${label}`),
  readDataset: (name) => void heard.push(`read ${name}`),
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
  const run = { cell: "a" as CellId, code: "", defines: [], reads: [], seed: 1, facts };
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

/** The worker's half of the kernel: composes what every domain offers to a cell, and starts it. */
import "./turnsForFrames.ts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-backend-wasm";
import * as Plot from "@observablehq/plot";
import * as arquero from "arquero";
import * as d3 from "d3";
import type { GuestModule } from "../../lib/kernel/capability.ts";
import { datasetsGuest } from "../../lib/datasets/guest.ts";
import { keepTables } from "../../lib/datasets/keepTables.ts";
import { showingGuest } from "../../lib/kernel/guest/showing.ts";
import { runsGuest } from "../../lib/runs/guest.ts";
import { startGuest } from "../../lib/platform/browser/startGuest.ts";
import versions from "virtual:kernel-versions";

/** What "ensemble" offers, domain by domain. */
const modules: readonly GuestModule[] = [showingGuest, datasetsGuest, runsGuest(tf)];

startGuest({
  tf,
  packages: {
    "@tensorflow/tfjs": tf,
    "@observablehq/plot": Plot,
    arquero,
    d3,
  },
  versions,
  modules,
  keepTables,
});

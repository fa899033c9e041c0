/** The worker's half of the kernel: composes what every domain offers to a cell, and starts it. */
import "./turnsForFrames.ts";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-backend-wasm";
import * as Plot from "@observablehq/plot";
import * as arquero from "arquero";
import * as d3 from "d3";
import { keepTables } from "../../lib/datasets/keepTables.ts";
import { startGuest } from "../../lib/platform/browser/startGuest.ts";
import { guestModules } from "./modules.ts";
import versions from "virtual:kernel-versions";

startGuest({
  tf,
  packages: {
    "@tensorflow/tfjs": tf,
    "@observablehq/plot": Plot,
    arquero,
    d3,
  },
  versions,
  modules: guestModules(tf),
  keepTables,
});

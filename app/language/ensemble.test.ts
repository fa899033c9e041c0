// @vitest-environment node
// The declaration of "ensemble" and what the kernel's guests really offer are one list.
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import type { Guest } from "../../lib/kernel/capability.ts";
import { guestModules } from "../kernel/modules.ts";
import { CellProgram } from "./program.ts";
import { realTypes } from "./testing/notebookProgram.ts";

it("[TS-20] declares exactly what a cell can import from ensemble", () => {
  const guest = new Proxy({}, { get: () => () => undefined }) as Guest;
  const offered = guestModules(tf).flatMap((module) => Object.keys(module(guest)));
  const { ensemble: declared } = new CellProgram(realTypes());
  expect([...declared].sort()).toEqual([...new Set(offered)].sort());
}, 120_000);

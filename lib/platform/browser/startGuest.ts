/** Starts the kernel inside its worker: waits for the page's port, chooses the backend, then runs cells. */
import type * as tf from "@tensorflow/tfjs";
import type { Guest, GuestModule } from "../../kernel/capability.ts";
import type { Packages } from "../../kernel/guest/cellScope.ts";
import { Runtime } from "../../kernel/guest/runtime.ts";
import { watchTraining } from "../../kernel/guest/training.ts";
import type { GuestWorld } from "../../kernel/guest/world.ts";
import type { KeepTable } from "../../kernel/outputs/table.ts";
import { type ToPage, type ToWorker, parseToWorker } from "../../kernel/protocol.ts";
import { refuseBlockingReads, useBackend, watchDevice } from "./backends.ts";
import { workerWorld } from "./workerWorld.ts";

export interface GuestParts {
  readonly tf: typeof tf;
  /** What cells can import, beside "ensemble". */
  readonly packages: Packages;
  readonly versions: Readonly<Record<string, string>>;
  /** What "ensemble" offers. */
  readonly modules: readonly GuestModule[];
  /** Keeps the rows of the long tables that one run of a cell shows. */
  readonly keepTables: (guest: Guest, world: Pick<GuestWorld, "now" | "turn">) => KeepTable;
}

type Start = Extract<ToWorker, { kind: "start" }>;

/** The frame's boot script calls `startKernel` once the bundle is loaded. */
export function startGuest(parts: GuestParts): void {
  Object.assign(globalThis, { startKernel: (port: MessagePort) => listen(port, parts) });
}

function listen(port: MessagePort, parts: GuestParts): void {
  const world = workerWorld(port);
  const runtime = new Runtime(world);
  // Training in TensorFlow.js is many calls deep; the cell should still be on the stack.
  Error.stackTraceLimit = 100;
  addEventListener("error", (event) => {
    event.preventDefault();
    runtime.astray(event.error ?? new Error(event.message));
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    runtime.astray(event.reason);
  });
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = parseToWorker(data);
    if (message?.kind === "start") void begin(runtime, world, parts, message);
    else if (message) runtime.receive(message);
  };
}

async function begin(
  runtime: Runtime,
  world: ReturnType<typeof workerWorld>,
  parts: GuestParts,
  { backend, wasm }: Start,
): Promise<void> {
  const { tf } = parts;
  try {
    const inUse = await useBackend(tf, backend, wasm);
    refuseBlockingReads(tf);
    world.settled = watchDevice(tf, {
      problem: (message) => runtime.warn(message),
      lost: (message) => world.post({ kind: "lost", message }),
    });
    watchTraining(tf, runtime.guest, world);
    runtime.provide(parts.packages, parts.modules);
    runtime.keepTables(() => parts.keepTables(runtime.guest, world));
    runtime.redirectConsole(console);
    const { notice = null, ...device } = inUse;
    world.post({ kind: "ready", device: { ...device, packages: parts.versions }, notice });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    world.post({ kind: "failed", message } satisfies ToPage);
  }
}

/**
 * CPU time of a browser's threads while a worker trains. Its trace holds the CPU time of a thread at each mark that the
 * thread sets (`tts`): the worker sets one where what is looked at begins and one where it ends, a main thread one in
 * every 50 ms, between which its time is read off. Nothing else is traced, so that tracing costs nothing to speak of.
 */
import type { Browser, Frame, Page } from "playwright";
import { asArray, asNumber, asRecord, asString } from "../../../../lib/base/json.ts";
import { MARKS, type Said } from "./task.ts";

const TICK_MS = 50;
const SAMPLE_MS = 200;

/** In µs, of the part of the fit that is looked at. */
export interface ThreadTimes {
  readonly worker: number;
  /** Of the page, and of a frame of its own process around the worker where there is one. */
  readonly main: number;
  /** Of the whole GPU process, the software adapter's threads among them. */
  readonly gpu: number;
}

/** Trains in a page's worker, and sees what that took of it and of the page. */
export async function timed(
  page: Page,
  train: () => Promise<Said>,
): Promise<{ readonly said: Said; readonly times: ThreadTimes }> {
  const browser = page.context().browser();
  if (!browser) throw new Error("The page has no browser");
  const tick = `tick ${page.url()}`;
  await Promise.all(page.frames().map((frame) => keepTicking(frame, tick)));
  const gpu = await sampleGpu(browser);
  const [said, trace] = await traced(browser, async () => {
    const found = await train();
    await Promise.all(page.frames().map((frame) => frame.evaluate(markNow, tick)));
    return found;
  }).finally(() => gpu.stop());
  const marks = marksOf(trace);
  const [began, ended] = [theOne(marks, MARKS.began), theOne(marks, MARKS.ended)];
  const mains = groupedByThread(marks.filter(({ name }) => name === tick));
  return {
    said,
    times: {
      worker: ended.cpu - began.cpu,
      main: sum(mains.map((ticks) => spent(ticks, began.at, ended.at))),
      gpu: spent(gpu.samples, said.beganAt, said.endedAt),
    },
  };
}

async function traced<Found>(
  browser: Browser,
  act: () => Promise<Found>,
): Promise<readonly [Found, string]> {
  await browser.startTracing(undefined, { categories: ["blink.user_timing"] });
  let trace: Buffer | undefined;
  const found = await act().finally(async () => (trace = await browser.stopTracing()));
  return [found, trace?.toString() ?? ""];
}

/** Has a main thread tell its CPU time from now on, if it does not yet. */
function keepTicking(frame: Frame, tick: string): Promise<void> {
  return frame.evaluate(
    ([name, ms]) => {
      const known = globalThis as { ticking?: string };
      if (known.ticking === name) return;
      known.ticking = name;
      setInterval(() => performance.mark(name), ms);
    },
    [tick, TICK_MS] as const,
  );
}

function markNow(name: string): void {
  performance.mark(name);
}

interface Sample {
  readonly at: number;
  /** Spent until then, in µs. */
  readonly cpu: number;
}

interface Mark extends Sample {
  readonly name: string;
  readonly thread: string;
}

function marksOf(trace: string): Mark[] {
  const events = asArray(asRecord(JSON.parse(trace))?.["traceEvents"]);
  return events.flatMap((value) => {
    const event = asRecord(value);
    const [at, cpu] = [asNumber(event?.["ts"]), asNumber(event?.["tts"])];
    const name = asString(event?.["name"]);
    if (at === undefined || cpu === undefined || name === undefined) return [];
    return [{ at, cpu, name, thread: `${String(event?.["pid"])}/${String(event?.["tid"])}` }];
  });
}

function theOne(marks: readonly Mark[], name: string): Mark {
  const [found, another] = marks.filter((mark) => mark.name === name);
  if (!found || another) throw new Error(`the trace has not one "${name}"`);
  return found;
}

/** A page and its frame may share a thread, and each has its ticks then. */
function groupedByThread(marks: readonly Mark[]): Mark[][] {
  const threads = new Map<string, Mark[]>();
  for (const mark of marks) {
    const known = threads.get(mark.thread);
    if (known) known.push(mark);
    else threads.set(mark.thread, [mark]);
  }
  return [...threads.values()].map((all) => all.sort((a, b) => a.at - b.at));
}

/** Between two times, each read off between the samples around it. */
function spent(samples: readonly Sample[], from: number, to: number): number {
  return spentUntil(samples, to) - spentUntil(samples, from);
}

function spentUntil(samples: readonly Sample[], at: number): number {
  const after = samples.findIndex((sample) => sample.at >= at);
  const [a, b] = [samples[after - 1], samples[after]];
  if (!a || !b) throw new Error("a thread was not looked at all the time");
  return a.cpu + ((b.cpu - a.cpu) * (at - a.at)) / (b.at - a.at);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

/** The browser tells CPU times of processes, not of their threads. */
async function sampleGpu(
  browser: Browser,
): Promise<{ readonly samples: readonly Sample[]; stop(): Promise<void> }> {
  const session = await browser.newBrowserCDPSession();
  const samples: Sample[] = [];
  const sample = async (): Promise<void> => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const gpu = processInfo.find(({ type }) => type === "GPU");
    if (gpu) samples.push({ at: Date.now(), cpu: gpu.cpuTime * 1e6 });
  };
  await sample();
  let sampling = Promise.resolve();
  const timer = setInterval(() => void (sampling = sampling.then(sample)), SAMPLE_MS);
  return {
    samples,
    async stop() {
      clearInterval(timer);
      await sampling;
      await sample();
      await session.detach();
    },
  };
}

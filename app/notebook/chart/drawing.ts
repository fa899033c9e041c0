/**
 * A Vega-Lite spec as a Vega view in the look of the page: expressions are interpreted and never compiled, and
 * nothing is loaded from anywhere. Knows no document, worker or page.
 */
import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { type Config, type TopLevelSpec, compile } from "vega-lite";
import type { Look } from "./look.ts";
import type { Tip } from "./messages.ts";
import type { Spec } from "./spec.ts";

const NO_LOADING = "charts load nothing here";
const FONT = '"Inter Variable", Inter, ui-sans-serif, system-ui, sans-serif';
/** What a chart may listen to beside the pointer on itself: the end of a drag that left it. */
const WINDOW_EVENTS = ["pointermove", "pointerup", "mousemove", "mouseup"];
const MOST_TIPS = 20;

export interface Drawing {
  readonly view: vega.View;
  /** What went wrong so far, in Vega's words. */
  readonly errors: readonly string[];
}

export interface DrawingParts {
  readonly look: Look;
  /** The room that there is, in pixels. */
  readonly width: number;
  readonly renderer: "canvas" | "none" | "stage";
  ontip(tip: Tip): void;
}

/** Throws where the spec makes no sense to Vega-Lite. */
export function makeDrawing(spec: Spec, parts: DrawingParts): Drawing {
  const errors: string[] = [];
  const logger = logging(errors);
  const fitted = fitWidth(spec, parts.width);
  const compiled = compile(fitted as unknown as TopLevelSpec, {
    config: themeOf(parts.look),
    logger,
  }).spec;
  const config = {
    ...(compiled.config ?? {}),
    events: {
      bind: "none",
      timer: false,
      selector: false,
      window: WINDOW_EVENTS,
      defaults: { prevent: false },
    },
  };
  const runtime = vega.parse({ ...compiled, config } as vega.Spec, undefined, { ast: true });
  const view = new vega.View(runtime, {
    expr: expressionInterpreter,
    loader: REFUSING,
    logger,
    renderer: parts.renderer as vega.Renderers,
    tooltip: (_handler, _event, _item, value: unknown) => parts.ontip(tipOf(value)),
  });
  return { view, errors };
}

const refuse = (): Promise<never> => Promise.reject(new Error(NO_LOADING));
const REFUSING: vega.Loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

function logging(errors: string[]): NonNullable<vega.ViewOptions["logger"]> {
  const note = (words: readonly unknown[]): typeof logger => {
    errors.push(words.map((one) => (one instanceof Error ? one.message : String(one))).join(" "));
    return logger;
  };
  const logger = {
    level: () => logger,
    error: (...words: unknown[]) => note(words),
    // To Vega a chart without its data is a chart.
    warn: (...words: unknown[]) => (words[0] === "Loading failed" ? note(words) : logger),
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

/** A chart as wide as its place, in the one place that it has here. */
function fitWidth(spec: Spec, width: number): Spec {
  if (spec["width"] !== "container") return spec;
  return {
    ...spec,
    width: Math.max(160, width),
    autosize: { type: "fit", contains: "padding", ...(record(spec["autosize"]) ?? {}) },
  };
}

function record(value: unknown): object | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function tipOf(value: unknown): Tip {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [["", wordOf(value)]];
  return Object.entries(value)
    .slice(0, MOST_TIPS)
    .map(([name, one]) => [name, wordOf(one)]);
}

/** Hairlines, quiet words and the page's colours; a spec's own config comes over it. */
function themeOf(look: Look): Config {
  const words = { labelColor: look.quiet, titleColor: look.quiet, titleFontWeight: 500 as const };
  return {
    background: "transparent",
    font: FONT,
    padding: 4,
    view: { stroke: null, continuousWidth: 420, continuousHeight: 240 },
    mark: { color: look.categories[0] ?? look.accent, tooltip: true },
    bar: { color: look.bars },
    rect: { color: look.bars },
    area: { opacity: 0.7, line: true },
    text: { color: look.ink, fontSize: 12 },
    rule: { color: look.strong },
    line: { strokeWidth: 1.75 },
    point: { filled: true, size: 36, opacity: 0.8 },
    axis: {
      ...words,
      domainColor: look.strong,
      gridColor: look.line,
      tickColor: look.line,
      labelFontSize: 11,
      titleFontSize: 12,
      labelPadding: 4,
    },
    axisX: { grid: false },
    axisY: { domain: false, ticks: false },
    legend: { ...words, labelFontSize: 12, titleFontSize: 12, symbolType: "circle" },
    header: { ...words, labelFontSize: 12, titleFontSize: 12 },
    title: {
      color: look.ink,
      subtitleColor: look.quiet,
      fontSize: 13,
      fontWeight: 600,
      anchor: "start",
      offset: 12,
    },
    range: {
      category: [...look.categories],
      ordinal: [...look.amounts],
      heatmap: [...look.amounts],
      ramp: [...look.amounts],
    },
    selection: {
      interval: { mark: { fill: look.accent, fillOpacity: 0.12, stroke: look.accent } },
    },
  };
}

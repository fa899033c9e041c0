/**
 * The room in which charts are drawn: a sandboxed worker without network, storage or page. Answers each message
 * once, and says nothing unasked.
 */
import { Stage } from "./stage.ts";
import * as vega from "vega";
import { type Drawing, makeDrawing } from "./drawing.ts";
import type { FromRoom, Painted, Tip, ToRoom } from "./messages.ts";

const MOST_PIXELS = 16_000_000;

interface Renderer {
  _render(...args: unknown[]): unknown;
  resize(width: number, height: number, origin: unknown, scale?: number): unknown;
}
type RendererClass = new (loader: unknown) => Renderer;

const { CanvasRenderer, CanvasHandler, renderModule } = vega as unknown as {
  CanvasRenderer: RendererClass;
  CanvasHandler: unknown;
  renderModule: (name: string, module: object) => void;
};

/** Vega asks for a class of its own; who is drawn is known by who is being asked. */
let active: Chart | undefined;

class StageRenderer extends CanvasRenderer {
  readonly #chart = active;

  override resize(width: number, height: number, origin: unknown): unknown {
    const ratio = this.#chart?.ratio ?? 1;
    if (width * height * ratio * ratio > MOST_PIXELS)
      throw new Error(
        `it would be ${Math.round(width)} by ${Math.round(height)} pixels. Draw fewer parts or smaller ones`,
      );
    if (this.#chart) this.#chart.size = { width, height };
    return super.resize(width, height, origin, ratio);
  }

  override _render(...args: unknown[]): unknown {
    if (this.#chart) this.#chart.painted = true;
    return super._render(...args);
  }
}
renderModule("stage", { renderer: StageRenderer, headless: StageRenderer, handler: CanvasHandler });

function drawnBy(chart: Chart, act: () => void): void {
  active = chart;
  try {
    act();
  } finally {
    active = undefined;
  }
}

class Chart {
  readonly stage = new Stage();
  readonly ratio: number;
  readonly drawing: Drawing;
  size = { width: 0, height: 0 };
  painted = false;
  tip: Tip = [];

  constructor({ spec, look, width, ratio }: Extract<ToRoom, { kind: "draw" }>) {
    this.ratio = ratio;
    this.drawing = this.stage.build(() =>
      makeDrawing(spec, { look, width, renderer: "stage", ontip: (tip) => (this.tip = tip) }),
    );
  }

  async begin(): Promise<void> {
    drawnBy(this, () =>
      this.stage.build(() => this.drawing.view.initialize(this.stage as unknown as Element)),
    );
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.drawing.view.runAsync();
    const [error] = this.drawing.errors;
    if (error !== undefined) throw new Error(error);
  }

  /** What there is to see, if that is something else than before. */
  async picture(): Promise<Painted | undefined> {
    const { canvas } = this.stage;
    if (!this.painted || !canvas) return undefined;
    this.painted = false;
    return { bitmap: await createImageBitmap(canvas), ...this.size };
  }
}

function open(port: MessagePort): void {
  const charts = new Map<number, Chart>();
  const post = (message: FromRoom): void => {
    const bitmap = "painted" in message ? message.painted?.bitmap : undefined;
    port.postMessage(message, bitmap ? [bitmap] : []);
  };

  async function draw(message: Extract<ToRoom, { kind: "draw" }>): Promise<void> {
    const { chart: id } = message;
    close(id);
    const chart = new Chart(message);
    await chart.begin();
    const painted = await chart.picture();
    if (!painted) throw new Error("it drew nothing");
    charts.set(id, chart);
    post({ kind: "drawn", chart: id, painted, listens: chart.stage.listens });
  }

  async function point({ chart: id, events }: Extract<ToRoom, { kind: "point" }>): Promise<void> {
    const chart = charts.get(id);
    if (!chart) throw new Error("it is not there");
    for (const event of events) chart.stage.tell(event);
    await chart.settle();
    const painted = await chart.picture();
    post({ kind: "pointed", chart: id, painted, tip: chart.tip, cursor: chart.stage.cursor });
  }

  function close(id: number): void {
    charts.get(id)?.drawing.view.finalize();
    charts.delete(id);
  }

  port.onmessage = ({ data }: MessageEvent<ToRoom>) => {
    if (data.kind === "close") return close(data.chart);
    if (data.kind === "font") return useFont(data);
    void (data.kind === "draw" ? draw(data) : point(data)).catch((error: unknown) => {
      close(data.chart);
      const message = error instanceof Error ? error.message : String(error);
      post({ kind: "failed", chart: data.chart, message });
    });
  };
}

function useFont({ family, bytes }: Extract<ToRoom, { kind: "font" }>): void {
  const { fonts } = self as unknown as { readonly fonts?: FontFaceSet };
  fonts?.add(new FontFace(family, bytes, { weight: "100 900" }));
}

// The sandbox's frame calls it by the name that it has for every worker's runtime.
Object.assign(globalThis, { startKernel: open });

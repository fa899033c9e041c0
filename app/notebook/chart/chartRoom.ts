/**
 * The page's hold on the room that draws charts: one question at a time, each with a time by which it must be
 * answered. A chart that takes longer has the room closed over it; the others are drawn anew in another.
 */
import type { Timers } from "../../../lib/base/timers.ts";
import {
  type ChartEvent,
  type DrawRequest,
  type FromRoom,
  type Painted,
  type Tip,
  type ToRoom,
  parseFromRoom,
} from "./messages.ts";

/** The sandbox, as far as it is needed here. */
export interface RoomWorker {
  post(message: unknown, transfer?: Transferable[]): void;
  listen(listener: { message(value: unknown): void; died(reason: string): void }): void;
  close(): void;
}

export type Drawn =
  | {
      readonly ok: true;
      readonly painted: Painted;
      readonly listens: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

export type Pointed =
  | {
      readonly ok: true;
      readonly painted: Painted | undefined;
      readonly tip: Tip;
      readonly cursor: string;
    }
  /** `gone`: the room is another one now, so the chart is to be drawn again first. */
  | { readonly ok: false; readonly gone: boolean; readonly why: string };

export interface RoomParts {
  /** A room that has begun; what it says may be anything. */
  open(): Promise<RoomWorker>;
  readonly clock: Timers;
}

const DRAW_MS = 6_000;
const POINT_MS = 3_000;
/** So many charts stay ready to answer; those before them are drawn again when they are asked something. */
const MOST_READY = 24;

type Question = Extract<ToRoom, { kind: "draw" | "point" }>;
type Answer =
  | FromRoom
  | { readonly kind: "late" }
  | { readonly kind: "lost" }
  | { readonly kind: "absent"; readonly why: string };

interface Waiting {
  readonly question: Question;
  readonly ms: number;
  readonly wanted: () => boolean;
  readonly answered: (answer: Answer | undefined) => void;
}

export class ChartRoom {
  readonly #parts: RoomParts;
  #room: Promise<RoomWorker> | undefined;
  #ready: number[] = [];
  #charts = 0;
  #waiting: Waiting[] = [];
  #busy = false;
  #answer: ((answer: Answer) => void) | undefined;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** The name of a chart in the room. */
  newChart(): number {
    return ++this.#charts;
  }

  /** `wanted` is asked when its turn comes: a chart that has changed since need not be drawn. */
  async draw(
    chart: number,
    request: DrawRequest,
    wanted: () => boolean,
  ): Promise<Drawn | undefined> {
    const answer = await this.#ask({ kind: "draw", chart, ...request }, DRAW_MS, wanted);
    if (!answer) return undefined;
    if (answer.kind !== "drawn") return { ok: false, why: whyNot(answer) };
    this.#keep(chart);
    return { ok: true, ...answer };
  }

  async point(chart: number, events: readonly ChartEvent[]): Promise<Pointed> {
    const known = (): boolean => this.#ready.includes(chart);
    const answer = await this.#ask({ kind: "point", chart, events }, POINT_MS, known);
    if (answer?.kind === "pointed") return { ok: true, ...answer };
    this.#ready = this.#ready.filter((one) => one !== chart);
    return { ok: false, gone: answer === undefined, why: answer ? whyNot(answer) : "" };
  }

  close(chart: number): void {
    if (!this.#ready.includes(chart)) return;
    this.#ready = this.#ready.filter((one) => one !== chart);
    void this.#room?.then((room) => room.post({ kind: "close", chart } satisfies ToRoom));
  }

  #keep(chart: number): void {
    this.#ready = [...this.#ready.filter((one) => one !== chart), chart];
    const [oldest] = this.#ready;
    if (this.#ready.length > MOST_READY && oldest !== undefined) this.close(oldest);
  }

  #ask(question: Question, ms: number, wanted: () => boolean): Promise<Answer | undefined> {
    return new Promise((answered) => {
      this.#waiting.push({ question, ms, wanted, answered });
      if (!this.#busy) void this.#work();
    });
  }

  /** A pointer does not wait for charts that are still to be drawn. */
  async #work(): Promise<void> {
    this.#busy = true;
    for (;;) {
      const first = this.#waiting.findIndex(({ question }) => question.kind === "point");
      const [next] = this.#waiting.splice(Math.max(0, first), 1);
      if (!next) break;
      const { question, ms, wanted, answered } = next;
      answered(wanted() ? await this.#answered(question, ms) : undefined);
    }
    this.#busy = false;
  }

  async #answered(question: Question, ms: number): Promise<Answer> {
    let room: RoomWorker;
    try {
      room = await (this.#room ??= this.#open());
    } catch (error) {
      this.#room = undefined;
      return { kind: "absent", why: error instanceof Error ? error.message : String(error) };
    }
    const answer = await new Promise<Answer>((resolve) => {
      const stop = this.#parts.clock.after(ms, () => resolve({ kind: "late" }));
      this.#answer = (one) => {
        if ("chart" in one && one.chart !== question.chart) return;
        stop();
        resolve(one);
      };
      room.post(question);
    });
    this.#answer = undefined;
    if (answer.kind !== "late" && answer.kind !== "lost") return answer;
    room.close();
    this.#room = undefined;
    this.#ready = [];
    return answer;
  }

  async #open(): Promise<RoomWorker> {
    const room = await this.#parts.open();
    room.listen({
      message: (value) => {
        const message = parseFromRoom(value);
        if (message) this.#answer?.(message);
      },
      died: () => {
        if (this.#answer) return this.#answer({ kind: "lost" });
        this.#room = undefined;
        this.#ready = [];
      },
    });
    return room;
  }
}

function whyNot(answer: Answer): string {
  switch (answer.kind) {
    case "late":
      return "This chart took too long to draw and was stopped. Give it less data or simpler expressions.";
    case "lost":
      return "This chart took more memory than there is and was stopped. Give it less data.";
    case "absent":
      return `Charts cannot be drawn here: ${answer.why}.`;
    case "failed":
      return `This chart could not be drawn: ${answer.message}.`;
    default:
      return "This chart could not be drawn.";
  }
}

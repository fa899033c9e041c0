/**
 * Rules of what a flood from one member's cell costs everybody: few messages, few and small writes, a document that
 * stays within its cap, and a word about what was cut. The worker's half runs for real; its page is scripted.
 */
import { afterEach, expect, it } from "vitest";
import * as Y from "yjs";
import type { CellId } from "../base/ids.ts";
import { showingGuest } from "../kernel/guest/showing.ts";
import { weightOf } from "../kernel/bundle.ts";
import { textOf } from "../kernel/outputs/text.ts";
import { parseToPage } from "../kernel/protocol.ts";
import { GuestWorkshop } from "../testing/guestWorld.ts";
import { workbench } from "../testing/workbench.ts";
import { MOST_IN_DOCUMENT } from "./preview.ts";

const random = Math.random;
afterEach(() => {
  Math.random = random;
});

const floods: readonly (readonly [what: string, source: string, word: RegExp])[] = [
  ["100,000 log lines", "for (let i = 0; i < 1e5; i++) console.log('line', i)", /more than fits/],
  ["one line of 100,000 lines", "console.log('line\\n'.repeat(1e5))", /…$|more than fits/],
  ["lines of 20,000 letters", "for (let i = 0; i < 1e4; i++) console.log('x'.repeat(2e4))", /more than fits/],
  ["a text of 50 MB", "'x'.repeat(5e7)", /…$/],
  ["a record with a text of 50 MB", "({ a: 'x'.repeat(5e7) })", /…/],
  ["100,000 displays", "for (let i = 0; i < 1e5; i++) display(i)", /more than fits/],
  ["displays under 10,000 ids", "for (let i = 0; i < 1e4; i++) display(i, { id: 'bar ' + i })", /more than fits/],
  ["an output replaced 100,000 times", "for (let i = 0; i < 1e5; i++) display(i, { id: 'bar' })", /^99999$/],
  ["10,000 long tables", "const row = { a: 'x'.repeat(400), b: 1 }; for (let i = 0; i < 1e4; i++) display(new Array(50).fill(row))", /more than fits/],
  ["10,000 big drawings", "const svg = { nodeType: 1, localName: 'svg', outerHTML: '<svg>' + ' '.repeat(1e6) + '</svg>', getAttribute: () => '', setAttribute: () => 0 }; for (let i = 0; i < 1e4; i++) display(svg)", /more than fits/],
]; // prettier-ignore

it.each(floods)(
  "%s reach the others as little, and are cut with a word",
  async (_, source, word) => {
    const workshop = new GuestWorkshop();
    workshop.runtime.provide({}, [showingGuest]);
    const redirected = { ...console, table: () => 0, dir: () => 0 };
    workshop.runtime.redirectConsole(redirected);
    const before = console;
    globalThis.console = redirected;
    const ran = await workshop
      .run("a", `import { display } from "ensemble"\n${source}`)
      .finally(() => (globalThis.console = before));
    expect(ran.end.kind).toBe("done");

    // What the page is told: little, and not often.
    const messages = workshop.messages.filter((one) => one.kind === "outputs");
    expect(messages.length).toBeLessThan(200);
    const letters = ran.shown.reduce((sum, { bundle }) => sum + weightOf(bundle), 0);
    expect(letters).toBeLessThan(10_000_000);

    // What the others are told: the page hears the same at twenty messages a second.
    const { benches, clock, settle } = workbench({ a: "1", b: "2" }, ["owner", "editor"]);
    const [mira, jun] = benches;
    if (!mira || !jun) throw new Error("nobody is here");
    const [atFirst, began] = [Y.encodeStateAsUpdate(mira.doc).length, clock.now()];
    let [writes, written] = [0, 0];
    mira.doc.on("update", (update: Uint8Array) => {
      writes++;
      written += update.length;
    });
    mira.kernel.script("a" as CellId, (listener) => {
      for (const value of workshop.messages) {
        const message = parseToPage(value);
        expect(message).toEqual(value);
        if (message?.kind === "outputs")
          for (const { bundle, id } of message.shown) listener.output(bundle, id ?? undefined);
        clock.tick(50);
      }
      return { kind: "done" };
    });
    mira.execution.runCell("a" as CellId);
    await settle();
    const seconds = (clock.now() - began) / 1000;
    expect(writes).toBeLessThanOrEqual(2 * seconds + 2);
    expect(written).toBeLessThan((2 * seconds + 2) * 2 * MOST_IN_DOCUMENT);
    expect(Y.encodeStateAsUpdate(mira.doc).length - atFirst).toBeLessThan(2 * MOST_IN_DOCUMENT);

    const output = jun.view("a").output;
    expect(jun.view("a").state).toBe("done");
    expect(output?.bundles.length).toBeLessThanOrEqual(1_000);
    expect(output?.bundles.some((one) => word.test(textOf(one["text/plain"])))).toBe(true);
  },
);

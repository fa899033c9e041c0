import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { digestText } from "../../lib/base/digest.ts";
import type { Digest } from "../../lib/base/ids.ts";
import { type Content, marksOf, marksOfState } from "./marks.ts";

const digest = digestText("a blob");
const other = digestText("another");
const known: ReadonlySet<string> = new Set([digest, other]);

const contentOf = (doc: Y.Doc): Content => ({
  snapshot: Y.encodeStateAsUpdateV2(doc),
  updates: [],
  fresh: [],
});
const named = (content: Content): readonly Digest[] => marksOf(content, known).named;

/** Every way in which something can stand in a document. */
const places: Readonly<Record<string, (doc: Y.Doc, text: string) => void>> = {
  "a value": (doc, text) => void doc.getMap("m").set("k", text),
  "a key": (doc, text) => void doc.getMap("m").set(text, 1),
  "a key within a value": (doc, text) => void doc.getMap("m").set("k", { [text]: null }),
  "a nested value": (doc, text) => doc.getArray("a").push([{ deep: [{ er: [text] }] }]),
  "a list": (doc, text) => doc.getArray("a").push([1, "x", text]),
  "a nested map": (doc, text) =>
    void doc.getMap("m").set("k", new Y.Map([["inner", new Y.Map([["k", text]])]])),
  "a text": (doc, text) => doc.getText("t").insert(0, `see ${text} above`),
  "a text within a map": (doc, text) => void doc.getMap("m").set("source", new Y.Text(text)),
  "a text typed backwards, letter by letter": (doc, text) => {
    for (const letter of [...text].reverse()) doc.getText("t").insert(0, letter);
  },
  "a text typed by two": (doc, text) => {
    const second = new Y.Doc();
    doc.getText("t").insert(0, text.slice(0, 9));
    Y.applyUpdate(second, Y.encodeStateAsUpdate(doc));
    second.getText("t").insert(9, text.slice(9));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(second));
  },
  "a text with a mark in it": (doc, text) => {
    doc.getText("t").insert(0, text);
    doc.getText("t").format(7, 9, { bold: true });
  },
  "the value of a mark": (doc, text) => doc.getText("t").insert(0, "link", { href: text }),
  "something embedded": (doc, text) => doc.getText("t").insertEmbed(0, { image: { src: text } }),
  "an attribute": (doc, text) => {
    const element = new Y.XmlElement("img");
    doc.getXmlFragment("x").push([element]);
    element.setAttribute("src", text);
  },
  bytes: (doc, text) => void doc.getMap("m").set("k", new TextEncoder().encode(`…${text}`)),
  "capital letters": (doc, text) => void doc.getMap("m").set("k", text.toUpperCase()),
  "a longer run of digits": (doc, text) => void doc.getMap("m").set("k", `abc${text}${text}`),
};

describe("a digest counts as named", () => {
  for (const [place, put] of Object.entries(places))
    it(`in ${place}`, () => {
      const doc = new Y.Doc();
      doc.getMap("m").set("before", 1);
      put(doc, digest);
      doc.getText("t").insert(0, "after");
      expect(named(contentOf(doc))).toEqual([digest]);
    });

  it("wherever it stands among others, however the document came to be", () => {
    const step = fc.record({
      place: fc.constantFrom(...Object.keys(places)),
      text: fc.constantFrom(digest, "nothing", "abcdef0123".repeat(5)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.nat(8), (steps, snapshotAt) => {
        const doc = new Y.Doc();
        const updates: Uint8Array[] = [];
        let snapshot: Uint8Array | undefined;
        doc.on("update", (update: Uint8Array) => void updates.push(update));
        const fresh = steps.filter(({ place }) => !place.includes("map") && !place.includes("key"));
        for (const [i, { place, text }] of fresh.entries()) {
          places[place]?.(doc, text);
          doc.getMap("m").set(`kept ${i}`, doc.getMap("m").get("k") ?? null);
          if (i !== snapshotAt) continue;
          snapshot = Y.encodeStateAsUpdateV2(doc);
          updates.length = 0;
        }
        const stands = fresh.some(({ text }) => text === digest);
        expect(named({ snapshot, updates, fresh: [] })).toEqual(stands ? [digest] : []);
      }),
      { numRuns: 60 },
    );
  });

  it("in what waits for an update that has not come", () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => void updates.push(update));
    doc.getArray("a").push(["first"]);
    doc.getArray("a").push([digest]);
    expect(named({ snapshot: undefined, updates: updates.slice(1), fresh: [] })).toEqual([digest]);
  });

  it("no more once it is deleted, unless that is so fresh that it may have been moved", () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => void updates.push(update));
    doc.getMap("m").set("k", digest);
    doc.getMap("m").delete("k");
    expect(named({ snapshot: undefined, updates, fresh: [] })).toEqual([]);
    expect(named({ snapshot: undefined, updates, fresh: updates.slice(1) })).toEqual([]);
    expect(named({ snapshot: undefined, updates, fresh: updates })).toEqual([digest]);
  });
});

it("of a document says which blobs are states of documents, and which chunks are not there", () => {
  const doc = new Y.Doc();
  const state = {
    sha256: digest,
    size: 3,
    mime: "application/x.notebook+yjs",
    chunks: [digest, digestText("lost")],
  };
  doc.getMap("versions").set("v", { message: "", manifest: state });
  doc.getMap("other").set("table", { ...state, sha256: other, mime: "x", chunks: [other] });
  const marks = marksOf(contentOf(doc), known);
  expect(marks.states).toEqual([state]);
  expect(marks.missing).toEqual([digestText("lost")]);
  expect([...marks.named].sort()).toEqual([digest, other].sort());
});

it("what cannot be read is no document without names", () => {
  const broken = { snapshot: undefined, updates: [Uint8Array.of(9, 9, 9)], fresh: [] };
  expect(() => marksOf(broken, known)).toThrow();
});

it("of a state that is none, everything that looks like a digest is named", () => {
  expect(marksOfState(new TextEncoder().encode(`{"a":"${digest}"}`), known).named).toEqual([
    digest,
  ]);
  const doc = new Y.Doc();
  doc.getText("t").insert(0, other);
  expect(marksOfState(Y.encodeStateAsUpdateV2(doc), known).named).toEqual([other]);
});

it("takes little time for much that looks like digests, or is nested deeply", () => {
  const doc = new Y.Doc();
  let nested: unknown = digest;
  for (let i = 0; i < 500; i++) nested = [nested];
  doc.getArray("a").push([nested]);
  doc.getText("t").insert(0, "0123456789abcdef".repeat(50_000));
  const began = performance.now();
  expect(named(contentOf(doc))).toEqual([digest]);
  expect(performance.now() - began).toBeLessThan(3000);
});

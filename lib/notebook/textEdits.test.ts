import fc from "fast-check";
import { expect, it } from "vitest";
import * as Y from "yjs";
import { rewriteText, textEdits } from "./textEdits.ts";

const letter = fc.constantFrom("a", "b", "\n", "é", "😀", "😁", "🏴");
const text = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(""));

function sharedText(words: string): Y.Text {
  const shared = new Y.Doc().getText();
  shared.insert(0, words);
  return shared;
}

it("makes the one text the other, with edits that stand in order and in the text", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const shared = sharedText(before);
      rewriteText(shared, after);
      expect(shared.toJSON()).toBe(after);
      let end = 0;
      for (const { at, remove, insert } of textEdits(before, after)) {
        expect(at).toBeGreaterThanOrEqual(end);
        expect(remove + insert.length).toBeGreaterThan(0);
        end = at + remove;
      }
      expect(end).toBeLessThanOrEqual(before.length);
    }),
  );
});

it("touches only what differs within a line, and leaves the lines that both have", () => {
  expect(textEdits("const rate = 0.1;\nfit();\n", "const rate = 0.25;\nfit();\n")).toEqual([
    { at: 15, remove: 1, insert: "25" },
  ]);
  expect(textEdits("a\nb\nc", "a\nc")).toEqual([{ at: 2, remove: 2, insert: "" }]);
  expect(textEdits("a\nb", "a")).toEqual([{ at: 1, remove: 2, insert: "" }]);
  expect(textEdits("a", "a\nb")).toEqual([{ at: 1, remove: 0, insert: "\nb" }]);
  expect(textEdits("", "a")).toEqual([{ at: 0, remove: 0, insert: "a" }]);
});

it("never cuts a letter of two units in half", () => {
  expect(textEdits("😀", "😁")).toEqual([{ at: 0, remove: 2, insert: "😁" }]);
});

it("replaces whole what a peer filled with more than letters", () => {
  const shared = sharedText("ab");
  shared.insertEmbed(1, { picture: "x" });
  rewriteText(shared, "abc");
  expect(shared.toJSON()).toBe("abc");
  expect(shared.length).toBe(3);
});

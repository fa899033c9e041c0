import fc from "fast-check";
import { expect, it } from "vitest";
import { diffLines } from "./lineDiff.ts";

const drawn = (before: string, after: string): string =>
  diffLines(before, after)
    .map(({ kind, text }) => `${{ same: " ", removed: "-", added: "+", gap: "~" }[kind]}${text}`)
    .join("|");

it("shows what went and what came, with two lines around it", () => {
  expect(drawn("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nd\nX\nf\ng")).toBe("~| c| d|-e|+X| f| g");
  expect(drawn("a\nb", "a\nnew\nb")).toBe(" a|+new| b");
  expect(drawn("same", "same")).toBe("~");
});

it("keeps as many lines as it can", () => {
  expect(drawn("a\nb\nc", "b\nc\nd")).toBe("-a| b| c|+d");
});

it("tells both texts whole, whatever they are", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const lines = diffLines(a.join("\n"), b.join("\n"));
      const of = (...kinds: string[]) =>
        lines.filter((one) => kinds.includes(one.kind)).map((one) => one.text);
      const left = (all: string[], part: string[]): boolean => {
        let at = 0;
        for (const one of all) if (one === part[at]) at++;
        return at === part.length;
      };
      expect(left(a.length ? a : [""], of("same", "removed"))).toBe(true);
      expect(left(b.length ? b : [""], of("same", "added"))).toBe(true);
      const gone = a.length - b.length;
      if (a.length && b.length) expect(of("removed").length - of("added").length).toBe(gone);
    }),
  );
});

it("gives up on comparing what is too long, and shows it as replaced", () => {
  const many = (word: string): string =>
    Array.from({ length: 2000 }, (_, i) => word + i).join("\n");
  expect(diffLines(many("a"), many("b"))).toHaveLength(4000);
});

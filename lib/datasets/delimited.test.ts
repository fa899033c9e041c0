import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeTable, encodeTable } from "./arrow.ts";
import { readTable } from "./readTable.ts";
import { readRows } from "./delimited.ts";
import { source } from "./testing/sources.ts";
import { writeCsv } from "./writeCsv.ts";

const field = fc.string({
  unit: fc.constantFrom("a", "ß", "東", "😀", '"', ",", ";", "\n", " ", "1"),
  maxLength: 6,
});

it("reads the same rows however the bytes are cut into pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 11 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      async (rows, pieceSize, ending) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(","))
          .join(ending);
        const read: string[][] = [];
        for await (const batch of readRows(source("t", text, pieceSize), "utf-8", ","))
          for (const row of batch.rows) read.push([...row]);
        expect(read).toEqual(rows);
      },
    ),
  );
});

it("reads back what it wrote", async () => {
  const word = fc.string({
    unit: fc.constantFrom("x", "é", '"', ",", "\n"),
    minLength: 1,
    maxLength: 5,
  });
  const words = word.map((text) => `w${text.trim()}`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(words, fc.integer()), { minLength: 1 }), async (rows) => {
      const first = await readTable(
        source(
          "t.csv",
          `a,b\n${rows.map(([text, n]) => `"${text.replaceAll('"', '""')}",${n}`).join("\n")}`,
        ),
        () => undefined,
      );
      const bytes = encodeTable(first.columns);
      const written = [...writeCsv(decodeTable(bytes))].join("");
      const again = await readTable(source("t.csv", written, 64), () => undefined);
      expect(encodeTable(again.columns)).toEqual(bytes);
    }),
    { numRuns: 40 },
  );
});

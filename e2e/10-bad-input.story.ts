// Story 10: files as people really have them. Each is imported with what was assumed, or refused with a reason.
import { type Page, expect } from "@playwright/test";
import { file, shapesIdx } from "./data.ts";
import { foundWorkspace, openSection } from "./people.ts";
import { test } from "./stories.fixture.ts";

/** Files that cannot be imported, and the sentence that says why and what to do. */
const refused = [
  {
    file: file("empty.csv", ""),
    says: "empty.csv is empty: it holds no values. Check that it was saved or downloaded whole.",
  },
  {
    file: file("header.csv", "a,b,c\n"),
    says: "header.csv has a header of 3 columns and no rows below it. Add rows and import it again.",
  },
  {
    file: file("photo.csv", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")),
    says: "photo.csv is a PNG picture, not a table. Save the data as CSV and import that.",
  },
  {
    file: file("open.csv", 'a,b\n1,2\n3,"four\n5,6\n'),
    says: "open.csv: a quote that opens on line 3 is never closed. Close it, or double the quotes that belong to the text.",
  },
  {
    file: file("titled.csv", "My measurements\na,b,c\n1,2,3\n4,5,6\n"),
    says: "titled.csv is no table as it stands: the first line names 1 column, and 3 rows of 3 have more values, first on line 2. Take away lines above the header, or name every column.",
  },
  {
    file: file("cut-images-idx3-ubyte", shapesIdx().images.subarray(0, 5_000)),
    says: "cut-images-idx3-ubyte is cut short: its header promises 235 kB, and there are 5 kB. Download it again.",
  },
];

/** Files that are imported: how large they are, their rows, and what is said about them. */
const taken = [
  {
    file: file("ragged.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n"),
    size: "4 rows, 3 columns",
    rows: [
      ["1", "2", "3"],
      ["4", "5", null],
      ["6", "7", "8"],
      ["10", "11", "12"],
    ],
    says: [
      "1 row ended early (line 3). What it lacks is marked missing.",
      "1 row had more values than there are columns (line 4). The values beyond the last column were left out.",
      "1 row has no c. It is kept, and marked missing.",
    ],
  },
  {
    file: file("doubled.csv", "x,,x\nred,7,blue\n"),
    size: "1 row, 3 columns",
    header: ["x", "column 2", "x_2"],
    rows: [["red", "7", "blue"]],
    says: [
      "The header left 1 column without a name: now column 2.",
      "Two columns cannot share a name: the later one is now x_2.",
    ],
  },
  {
    file: file("german.csv", "Ort;Wert\nUlm;1,5\nBonn;-2,25\n"),
    size: "2 rows, 2 columns",
    rows: [
      ["Ulm", "1.50"],
      ["Bonn", "-2.25"],
    ],
    says: ["Values are separated by semicolons, and decimals are written with a comma."],
  },
  {
    file: file("tabs.tsv", "kind\tn\none\t1\ntwo\t2\n"),
    size: "2 rows, 2 columns",
    rows: [
      ["one", "1"],
      ["two", "2"],
    ],
    says: ["Values are separated by tabs."],
  },
  {
    file: file("marked.csv", "\uFEFFcity,n\n東京,1\n"),
    size: "1 row, 2 columns",
    header: ["city", "n"],
    rows: [["東京", "1"]],
    says: [],
  },
  {
    file: file(
      "western.csv",
      Buffer.from("name,n\nZoë,1\nŽofia,2\n".replace("Ž", "\x8e"), "latin1"),
    ),
    size: "2 rows, 2 columns",
    rows: [
      ["Zoë", "1"],
      ["Žofia", "2"],
    ],
    says: ["The text is not UTF-8. It was read as Windows-1252; look whether accents are right."],
  },
  {
    file: file("quoted.csv", 'said,n\r\n"Hello, ""you""\r\nthere",1\r\nBye,2\r\n'),
    size: "2 rows, 2 columns",
    rows: [
      ['Hello, "you" there', "1"],
      ["Bye", "2"],
    ],
    says: [],
  },
  {
    file: file("words.csv", `n,kind\n${"5,a\n".repeat(38)}high,a\nNA,b\n`),
    size: "40 rows, 2 columns",
    says: [
      "1 value written as “NA” is marked missing.",
      "n is numbers but for 1 value, “high”: it is marked missing.",
      "2 rows have no n. They are kept, and marked missing.",
    ],
  },
];

test("bad files: each gives its reading or its reason, and no half dataset stays", async ({
  browser,
  server,
}) => {
  const page = await foundWorkspace(browser, server.origin, "Mira Lind");
  await openSection(page, "Datasets");
  await page.getByLabel("Import data").setInputFiles([...refused, ...taken].map((one) => one.file));

  const imports = page.getByRole("list", { name: "Imports" });
  const datasets = page.getByRole("list", { name: "Datasets" });
  await expect(imports.getByRole("alert")).toHaveCount(refused.length);
  await expect(datasets.getByRole("listitem")).toHaveCount(taken.length);
  await expect(imports.getByRole("progressbar")).toHaveCount(0);
  expect((await imports.getByRole("alert").allTextContents()).map(plain).sort()).toEqual(
    refused.map(({ says }) => says).sort(),
  );
  const names = taken.map((one) => one.file.name.replace(/\..*/, ""));
  expect((await datasets.getByRole("strong").allTextContents()).sort()).toEqual([...names].sort());

  for (const [i, { size, header, rows, says }] of taken.entries()) {
    await test.step(names[i] ?? "", async () => {
      await datasets.getByRole("link", { name: names[i] ?? "" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(names[i] ?? "");
      await expect(page.getByText(size)).toBeVisible();
      await expect(page.getByRole("table", { name: "Rows" })).toBeVisible();
      if (header) expect(await headerOf(page)).toEqual(header);
      if (rows) expect(await rowsOf(page)).toEqual(rows);
      expect(await saidOn(page)).toEqual(says);
      await openSection(page, "Datasets");
    });
  }

  // What went wrong is said until it is read, and can be put away.
  for (let left = refused.length; left > 0; left--) {
    await expect(imports.getByRole("alert")).toHaveCount(left);
    await imports.getByRole("button", { name: "Dismiss" }).first().click();
  }
  await expect(imports).toHaveCount(0);
  await page.reload();
  await expect(datasets.getByRole("listitem")).toHaveCount(taken.length);
});

const plain = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The rows in the table as they are written, null where a value is marked missing. */
async function rowsOf(page: Page): Promise<(string | null)[][]> {
  const rows = await page.getByRole("table", { name: "Rows" }).locator("tbody tr").all();
  return Promise.all(
    rows.map(async (row) => {
      const [, ...values] = await row.getByRole("cell").allTextContents();
      return values.map((value) => (plain(value) === "–missing" ? null : plain(value)));
    }),
  );
}

async function headerOf(page: Page): Promise<string[]> {
  const table = page.getByRole("table", { name: "Columns" });
  return (await table.locator("tbody th").allTextContents()).map(plain);
}

/** What stands under "From the import", sentence by sentence. */
async function saidOn(page: Page): Promise<string[]> {
  const notes = page.getByRole("region", { name: "From the import" });
  return (await notes.getByRole("paragraph").allTextContents()).map(plain);
}

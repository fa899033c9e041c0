/** Tries every attack from a cell, and from an ordinary page of the attacker's, where each is known to get through. */
import { type Browser, type Page, expect } from "@playwright/test";
import type { Attacker } from "./attacker.ts";
import { assault, attacks } from "./attacks.ts";
import { addCode, outputOf, run, stateOf } from "./people.ts";

/** What came of each attack, by its name: "got through", "nothing came of it", or "refused: …". */
type Outcomes = Readonly<Record<string, string>>;

export interface Assault {
  readonly tried: number;
  /** The names of the attacks that got through. */
  readonly through: readonly string[];
  readonly outcomes: Outcomes;
}

/** `page`: an open notebook, in which the attacks are written into a cell and run. */
export async function assaultFromCell(page: Page, attacker: Attacker): Promise<Assault> {
  await page.evaluate(answerInPage);
  const own = `${new URL(page.url()).origin}/healthz`;
  const code = assault(
    { ...attacker, arm: "cell", own },
    `globalThis.document ?? create("svg").node().ownerDocument`,
  );
  const cell = await addCode(
    page,
    `import { create } from "d3";\n${code}\nconsole.log("tried " + JSON.stringify(tried));`,
  );
  await run(page, cell);
  // What an attack leaves behind may fail later, and the cell with it: what came of each was said before.
  await expect(stateOf(page, cell)).toHaveText(/^(done|error)$/, { timeout: 60_000 });
  const said = (await outputOf(page, cell).textContent()) ?? "";
  return judge(attacker, JSON.parse(/\{.*?\}/s.exec(said)?.[0] ?? "{}") as Outcomes, ["cell"]);
}

/** The same from a page of the attacker's own, and from a worker of it: what got through in either. */
export async function assaultFromPage(browser: Browser, attacker: Attacker): Promise<Assault> {
  const context = await browser.newContext({
    permissions: ["notifications", "geolocation", "clipboard-read", "clipboard-write"],
    geolocation: { latitude: 1, longitude: 1 },
  });
  const page = await context.newPage();
  await page.goto(`http://${attacker.http}/`);
  await page.evaluate(answerInPage);
  const own = `http://${attacker.http}/own`;
  const code = (arm: string): string =>
    assault({ ...attacker, arm, own }, "globalThis.document", 8_000);
  const inPage = page.evaluate<Outcomes>(
    `(async () => { ${leftAbout} ${code("page")} return tried; })()`,
  );
  const inWorker = page.evaluate(
    (source) =>
      new Promise<Outcomes>((done) => {
        const worker = new Worker(URL.createObjectURL(new Blob([source])));
        worker.onmessage = ({ data }: MessageEvent<{ tried?: Outcomes } | number>) => {
          if (typeof data === "object" && data.tried) done(data.tried);
        };
      }),
    `(async () => { ${leftAbout} ${code("worker")} postMessage({ tried }); })()`,
  );
  const [outcomes, others] = await Promise.all([inPage, inWorker]);
  await context.close();
  const best = Object.entries(outcomes).map(([name, outcome]) => [
    name,
    others[name] === "got through" ? "got through" : outcome,
  ]);
  return judge(attacker, Object.fromEntries(best) as Outcomes, ["page", "worker"]);
}

function judge({ heard }: Attacker, outcomes: Outcomes, arms: readonly string[]): Assault {
  const through = attacks.filter(({ name, by, over }) => {
    if (by === "answered") return outcomes[name] === "got through";
    return over ? heard.has(over) : arms.some((arm) => heard.has(`${arm}/${name}`));
  });
  const tried = attacks.filter(({ name }) => outcomes[name] !== undefined).length;
  return { tried, through: through.map(({ name }) => name), outcomes };
}

/** A port where an attack that looks for one would find it. */
const leftAbout = "self.leftAbout = { port: new MessageChannel().port1 };";

/** A page with something to steal, that would answer whoever reaches it over a channel. */
function answerInPage(): void {
  document.cookie = "planted=secret";
  const channel = new BroadcastChannel("attack");
  channel.onmessage = () => channel.postMessage("here");
}

// Story 1: one command starts everything, and says clearly why where it cannot.
import { expect, test } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function npmStart(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["sync-server/start.js", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => (out += text.toString()));
  child.stderr.on("data", (text: Buffer) => (err += text.toString()));
  const ended = new Promise<Ended>((done) => child.on("exit", (code) => done({ code, out, err })));
  return { child, ended, said: () => out };
}

let folder: string;
test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ensemble-start-"));
});
test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function addressOf(said: () => string): Promise<string> {
  await expect.poll(said).toMatch(/Ensemble is at \S+/);
  return /Ensemble is at (\S+)/.exec(said())?.[1] ?? "";
}

test("npm start serves app, websocket and blobs on one port, and says where", async ({ page }) => {
  const { child, ended, said } = npmStart(["--port", "0", "--data", folder]);
  const address = await addressOf(said);
  expect(said()).toContain("keys, WebGPU and offline use exist only on https or localhost");
  await page.goto(address);
  await expect(page.getByRole("button", { name: "New workspace" })).toBeVisible();
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
  expect((await fetch(`${address}/sync/x`)).ok).toBe(true); // a page, where it is no websocket
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
});

test("the settings are listed, and are taken from the environment too", async () => {
  const help = await npmStart(["--help"]).ended;
  expect(help.code).toBe(0);
  for (const flag of ["--port", "--host", "--data", "--https"]) expect(help.out).toContain(flag);
  for (const name of ["PORT", "HOST", "DATA", "HTTPS"])
    expect(help.out).toContain(`ENSEMBLE_${name}`);
  const { child, ended, said } = npmStart([], {
    ENSEMBLE_PORT: "0",
    ENSEMBLE_HOST: "127.0.0.1",
    ENSEMBLE_DATA: folder,
  });
  await addressOf(said);
  expect(said()).toContain("Only this machine can open it");
  child.kill("SIGTERM");
  await ended;
});

test("--https serves the app with a certificate of its own", async ({ browser }) => {
  const { child, ended, said } = npmStart(["--port", "0", "--data", folder, "--https"]);
  const address = await addressOf(said);
  expect(address).toMatch(/^https:/);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(address);
  await expect(page.getByRole("button", { name: "New workspace" })).toBeVisible();
  await context.close();
  child.kill("SIGTERM");
  await ended;
});

/** One line on the error stream, exit code 1. */
function expectOneLine({ code, err }: Ended, says: RegExp): void {
  expect(code).toBe(1);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(err).toMatch(says);
}

test("a port in use, a folder that cannot be written and broken data are one clear line each", async () => {
  const first = npmStart(["--port", "0", "--data", folder]);
  const port = new URL(await addressOf(first.said)).port;
  const other = await mkdtemp(join(tmpdir(), "ensemble-start-"));
  expectOneLine(
    await npmStart(["--port", port, "--data", other]).ended,
    new RegExp(`${port}.*in use`, "i"),
  );
  first.child.kill("SIGTERM");
  await first.ended;

  const plain = join(other, "plain");
  await writeFile(plain, "a file where a folder should be");
  expectOneLine(await npmStart(["--port", "0", "--data", plain]).ended, /plain/);
  expectOneLine(await npmStart(["--port", "99999"]).ended, /port has to be a number/);
  expectOneLine(await npmStart(["--porf", "1"]).ended, /--porf/);

  const broken = join(folder, "ensemble.sqlite");
  await writeFile(broken, "this is no database, and somebody may still need it".repeat(200));
  const before = await readFile(broken);
  expectOneLine(await npmStart(["--port", "0", "--data", folder]).ended, /ensemble\.sqlite/);
  expect((await readFile(broken)).equals(before)).toBe(true);
  await rm(other, { recursive: true, force: true });
});

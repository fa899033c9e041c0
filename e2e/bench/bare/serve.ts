/** Builds the bare pages with Vite and serves them on loopback, under no policy of ours. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "vite";

export interface BarePages {
  readonly origin: string;
  close(): Promise<void>;
}

/** `scripts`: the sources beside this file by the path that they are served at. The page loads "/page.js". */
export async function serveBare(scripts: Readonly<Record<string, string>>): Promise<BarePages> {
  const files = new Map<string, string>();
  for (const [path, source] of Object.entries(scripts))
    files.set(path, await bundle(join(import.meta.dirname, source), "bare"));
  const page = `<!doctype html><meta charset="utf-8"><title>Bare</title><body><script src="/page.js"></script>`;
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").replace(/\?.*$/, "");
    const script = files.get(path);
    const type = script === undefined ? "text/html" : "text/javascript";
    response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(script ?? page);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://localhost:${port}`,
    close: () => new Promise((closed) => void server.close(() => closed())),
  };
}

/** One script of a source and all that it imports; what it exports is a global of this name. */
export async function bundle(entry: string, name: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      target: "es2023",
      lib: { entry, formats: ["iife"], name },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk =
    output && "output" in output ? output.output.find((file) => file.type === "chunk") : undefined;
  if (!chunk) throw new Error(`${entry} came out empty`);
  return chunk.code;
}

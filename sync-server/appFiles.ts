/** The built app: files by path, compressed once and kept; every other path is a page of the app. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".ico": "image/x-icon",
};
const DENSE = new Set([".woff2", ".png", ".ico"]);
/** Brotli at 5 takes as long as gzip and gives a tenth less. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

type Encoding = "br" | "gzip" | "identity";

const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: promisify(gzip),
  identity: (bytes) => Promise.resolve(bytes),
};

interface AppFile {
  readonly digest: string;
  readonly type: string;
  body(encoding: Encoding): Promise<Buffer>;
}

export type ServeApp = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => Promise<void>;

export function serveApp(folder: string, headers: Readonly<Record<string, string>>): ServeApp {
  const files = new Map<string, Promise<AppFile>>();

  const read = async (path: string): Promise<AppFile> => {
    const plain = await readFile(join(folder, path));
    const bodies = new Map<Encoding, Promise<Buffer>>();
    return {
      digest: createHash("sha256").update(plain).digest("base64url").slice(0, 22),
      type: TYPES[extname(path)] ?? "application/octet-stream",
      body(encoding) {
        const body = bodies.get(encoding) ?? compress[encoding](plain);
        bodies.set(encoding, body);
        return body;
      },
    };
  };
  const find = (path: string): Promise<AppFile> => {
    const known = files.get(path);
    if (known) return known;
    const file = read(path);
    files.set(path, file);
    file.catch(() => files.delete(path));
    return file;
  };

  return async (request, response, path) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    // A path with an ending is a file; every other one is a page, and the app knows which.
    const wanted = normalize(path).replaceAll("\\", "/");
    const named = extname(wanted) !== "";
    const file = await find(named ? wanted : "/index.html").catch(() => undefined);
    if (!file) {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
      response.end(named ? "There is no such file.\n" : "The app is not built: npm run build.\n");
      return;
    }
    const encoding = DENSE.has(extname(wanted)) ? "identity" : chooseEncoding(request);
    const etag = `"${file.digest}-${encoding}"`;
    response.setHeader("etag", etag);
    response.setHeader("vary", "accept-encoding");
    response.setHeader(
      "cache-control",
      named && wanted.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    );
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const body = await file.body(encoding);
    response.writeHead(200, {
      "content-type": file.type,
      "content-length": body.length,
      ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };
}

function chooseEncoding(request: IncomingMessage): Encoding {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  return (
    (["br", "gzip"] as const).find((one) => new RegExp(`\\b${one}\\b`).test(accepted)) ?? "identity"
  );
}

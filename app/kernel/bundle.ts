/**
 * Builds what runs in a sandboxed worker into one classic script and offers it to the app as a URL: the kernel's
 * guest half as `import kernelUrl from "virtual:kernel"`, the room that draws charts as "virtual:charts". A
 * classic script, because the sandboxed worker has no network and takes its code as text. The same in
 * development, where a change rebuilds it.
 */
import { build, type Plugin } from "vite";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { PACKAGES } from "../../lib/kernel/packages.ts";

const VERSIONS = "virtual:kernel-versions";

export function kernelBundle(): Plugin {
  return workerBundle("kernel", "./guest.ts", [
    withoutEval(),
    withoutStorage(),
    withDocument(),
    versionsOfPackages(),
  ]);
}

export function chartsBundle(): Plugin {
  return workerBundle("charts", "../notebook/chart/room.ts", []);
}

function workerBundle(name: string, from: string, plugins: readonly Plugin[]): Plugin {
  const VIRTUAL = `virtual:${name}`;
  const DEV_PATH = `/@${name}.js`;
  const entry = fileURLToPath(new URL(from, import.meta.url));
  let serving = false;
  let bundle: Promise<string> | undefined;
  const bundled = (): Promise<string> => (bundle ??= buildWorker(entry, plugins));
  return {
    name: `${name}-bundle`,
    configResolved: (config) => void (serving = config.command === "serve"),
    configureServer(server) {
      server.middlewares.use(DEV_PATH, (_request, response, next) => {
        bundled().then((code) => {
          response.setHeader("content-type", "text/javascript");
          response.end(code);
        }, next);
      });
      server.watcher.on("change", () => (bundle = undefined));
    },
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : undefined),
    async load(id) {
      if (id !== `\0${VIRTUAL}`) return undefined;
      if (serving) return `export default ${JSON.stringify(DEV_PATH)};`;
      const reference = this.emitFile({
        type: "asset",
        name: `${name}.js`,
        source: await bundled(),
      });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}

/** Arquero compiles its verbs with `Function`, which the page's policy refuses: it gets ours instead. */
export function withoutEval(): Plugin {
  const evaluate = fileURLToPath(new URL("./evaluate.ts", import.meta.url));
  return {
    name: "arquero-without-eval",
    transform(code, id) {
      if (!id.includes("/arquero/") || !/\bFunction\(/.test(code)) return undefined;
      const named = code.replace(/\bFunction\(/g, "compileFunction(");
      return `import { compileFunction } from ${JSON.stringify(evaluate)};\n${named}`;
    },
  };
}

/**
 * TensorFlow.js looks for the storage that a sandboxed worker has not, and catches what that throws: for whoever
 * throws, the browser reads the whole bundle a second time.
 */
function withoutStorage(): Plugin {
  const looks =
    /try \{\s*ModelStoreManagerRegistry\.registerManager\([^;]*;\s*\}\s*catch \(err\) \{\s*\}/g;
  return {
    name: "tensorflow-without-storage",
    transform(code, id) {
      if (!id.endsWith("/tfjs-core/dist/platforms/platform_browser.js")) return undefined;
      if (code.match(looks)?.length !== 2) throw new Error(`${id} does not read as it did`);
      return code.replace(looks, "");
    },
  };
}

/** Plot and d3 draw into a document, which a worker has not: they, and nothing else, are given one. */
function withDocument(): Plugin {
  const shim = fileURLToPath(new URL("./document.ts", import.meta.url));
  return {
    name: "drawing-in-a-worker",
    transform(code, id) {
      if (!/\/node_modules\/(@observablehq\/plot|d3-[a-z-]+)\//.test(id)) return undefined;
      const names = [/\bwindow\.document\b/, /\bdocument\.documentElement\b/].some((used) =>
        used.test(code),
      );
      if (!names || /\b(import|export|function) ?\{?[^;]*\b(window|document)\b[^;]*from/.test(code))
        return undefined;
      return `import { document, window } from ${JSON.stringify(shim)};\n${code}`;
    },
  };
}

/** The versions of what cells can import, as they were built in. */
function versionsOfPackages(): Plugin {
  const folder = new URL("../../node_modules/", import.meta.url);
  return {
    name: "kernel-versions",
    resolveId: (id) => (id === VERSIONS ? `\0${VERSIONS}` : undefined),
    load(id) {
      if (id !== `\0${VERSIONS}`) return undefined;
      const installed = PACKAGES.filter((name) => name !== "ensemble").map((name) => {
        const text = readFileSync(new URL(`${name}/package.json`, folder), "utf8");
        return [name, (JSON.parse(text) as { version: string }).version] as const;
      });
      return `export default ${JSON.stringify(Object.fromEntries(installed))};`;
    },
  };
}

async function buildWorker(entry: string, plugins: readonly Plugin[]): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    plugins: [...plugins],
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      target: "es2023",
      // What a value is of is said on the page: History, and not lh.
      rolldownOptions: {
        output: {
          minify: { mangle: { keepNames: { class: true, function: false } }, compress: true },
        },
      },
      lib: { entry, formats: ["iife"], name: "ensembleWorker" },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !("output" in output)) throw new Error(`the bundle of ${entry} came out empty`);
  const chunk = output.output.find((file) => file.type === "chunk");
  if (!chunk) throw new Error(`the bundle of ${entry} came out empty`);
  return chunk.code;
}

/**
 * Builds the kernel's guest half into one classic script and offers it to the app as a URL:
 * `import kernelUrl from "virtual:kernel"`. A classic script, because the sandboxed worker has no
 * network and takes its code as text. The same in development, where a change rebuilds it.
 */
import { build, type Plugin } from "vite";
import { fileURLToPath } from "node:url";
import { existsSync } from "node:fs";

const VIRTUAL = "virtual:kernel";
const DEV_PATH = "/@kernel.js";
const entry = fileURLToPath(new URL("./guest.ts", import.meta.url));

export function kernelBundle(): Plugin {
  let serving = false;
  let bundle: Promise<string> | undefined;
  const bundled = (): Promise<string> => (bundle ??= buildKernel());
  return {
    name: "kernel-bundle",
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
        name: "kernel.js",
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

async function buildKernel(): Promise<string> {
  if (!existsSync(entry)) return "";
  const result = await build({
    configFile: false,
    logLevel: "warn",
    plugins: [withoutEval()],
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      minify: true,
      target: "es2023",
      lib: { entry, formats: ["iife"], name: "ensembleKernel" },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !("output" in output)) throw new Error("the kernel's bundle came out empty");
  const chunk = output.output.find((file) => file.type === "chunk");
  if (!chunk) throw new Error("the kernel's bundle came out empty");
  return chunk.code;
}

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { builtinModules } from "node:module";
import { defineConfig } from "vitest/config";
import { VitePWA } from "vite-plugin-pwa";
import { typeLibrary } from "./app/language/bundle.ts";
import { chartsBundle, kernelBundle } from "./app/kernel/bundle.ts";
import { pageHeaders } from "./sync-server/pagePolicy.ts";

const serverEntries = {
  main: "sync-server/main.ts",
  foldThread: "sync-server/stores/foldThread.ts",
  backup: "sync-server/backup/main.ts",
  auditCheck: "sync-server/auditCheck/main.ts",
  markThread: "sync-server/collection/markThread.ts",
};

/** In development the app comes from Vite, and everything else from the server behind it. */
function proxyToServer(
  port: string | undefined,
): Record<string, string | { target: string; ws: boolean }> {
  if (port === undefined) return {};
  const target = `http://127.0.0.1:${port}`;
  return {
    "/sync": { target, ws: true },
    "/healthz": target,
    "^/w/[a-z2-7]{26}/(entries|challenge|token|blobs|rooms|audit|people|open)": target,
  };
}

export default defineConfig(async ({ mode }) =>
  mode === "server"
    ? {
        build: {
          ssr: true,
          outDir: "dist/server",
          emptyOutDir: true,
          target: "node20",
          rollupOptions: {
            input: serverEntries,
            external: [...builtinModules],
            // Whatever opens a thread finds its file beside itself, shared chunk or not.
            output: { chunkFileNames: "[name]-[hash].js" },
          },
        },
      }
    : {
        root: "app",
        plugins: [
          svelte({ configFile: false }),
          kernelBundle(),
          typeLibrary(),
          chartsBundle(),
          VitePWA({
            registerType: "prompt",
            injectRegister: false,
            manifest: {
              name: "Ensemble",
              short_name: "Ensemble",
              description: "A notebook in which a team trains models together.",
              theme_color: "#fdfdfb",
              background_color: "#fdfdfb",
              display: "standalone",
              icons: [{ src: "/icon.svg", sizes: "any", type: "image/svg+xml" }],
            },
            workbox: {
              globPatterns: ["**/*.{js,css,html,svg,woff2,wasm,txt}"],
              maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
              importScripts: ["/sw-routes.js"],
              navigateFallback: "/index.html",
              navigateFallbackDenylist: [/\/blobs\//, /^\/(healthz|metrics|sync)/],
              cleanupOutdatedCaches: true,
              clientsClaim: true,
              skipWaiting: false,
            },
          }),
        ],
        worker: { format: "es" as const, plugins: () => [typeLibrary()] },
        server: {
          proxy: proxyToServer(process.env["ENSEMBLE_BEHIND"]),
          headers: await pageHeaders(true),
        },
        build: {
          outDir: "../dist/app",
          emptyOutDir: true,
          target: "es2023",
          // The page's policy takes fonts from files alone.
          assetsInlineLimit: 0,
        },
        test: {
          root: ".",
          allowOnly: false,
          // Vitest leaves a core free otherwise: one of two.
          maxWorkers: "100%",
          projects: [
            {
              extends: true as const,
              test: {
                name: "lib",
                root: ".",
                include: ["lib/**/*.test.ts", "sync-server/**/*.test.ts"],
                exclude: ["sync-server/cluster/**", "**/*.gpu.test.ts"],
                environment: "node",
                // Types and lint are checked beside them, on the same two cores.
                testTimeout: 30_000,
              },
            },
            {
              extends: true as const,
              test: {
                name: "gpu",
                root: ".",
                include: ["lib/**/*.gpu.test.ts", "sync-server/**/*.gpu.test.ts"],
                // A machine that has no browser gets one, once for all the files that run side by side.
                globalSetup: "e2e/installed.js",
                environment: "node",
                // Kernels are compiled for a device that is software.
                testTimeout: 120_000,
              },
            },
            {
              extends: true as const,
              resolve: { conditions: ["browser"] },
              test: {
                name: "app",
                root: ".",
                include: ["app/**/*.test.ts"],
                environment: "happy-dom",
              },
            },
          ],
        },
      },
);

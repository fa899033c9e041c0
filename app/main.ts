/** Starts the app: styles, the first page, then the service worker that keeps it for offline. */
import "@fontsource-variable/inter/opsz.css";
import "@fontsource-variable/jetbrains-mono";
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import "./ui/styles/controls.css";
import "./ui/styles/tooltip.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { keepForOffline } from "./offline.ts";
import { router } from "./router.ts";
import { fetchAhead } from "./workspace/ahead.ts";

fetchAhead(router.route);

mount(App, {
  target: document.body,
  props: {
    openWorkspaces: async () =>
      (await import("../lib/platform/browser/workspaces.ts")).openWorkspaces(),
  },
});
keepForOffline();

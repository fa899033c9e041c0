/** Starts the app: styles, the service worker, the first page. */
import "@fontsource-variable/inter/opsz.css";
import "@fontsource-variable/jetbrains-mono";
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import "./ui/styles/controls.css";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });

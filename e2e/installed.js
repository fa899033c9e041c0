/** Ahead of tests that run side by side: the browser that comes with the software adapter is there, or it is said why not. */
import { findBrowser } from "./browser.js";

export default function setup() {
  findBrowser();
}

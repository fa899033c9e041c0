/** Finds what documents name in a thread. */
import { openJobThread } from "../stores/jobThread.ts";
import type { OpenMarking } from "./marking.ts";

export const threadedMarking: OpenMarking = (known) =>
  openJobThread(new URL("./markThread.js", import.meta.url), { known });

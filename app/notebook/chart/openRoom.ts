/** The room that draws this tab's charts, in a sandbox of its own that begins with the first chart. */
import roomUrl from "virtual:charts";
import fontUrl from "@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2?url";
import { Sandbox } from "../../../lib/platform/browser/sandbox.ts";
import { browserClock } from "../browserClock.ts";
import { ChartRoom } from "./chartRoom.ts";
import type { ToRoom } from "./messages.ts";

export const chartRoom = new ChartRoom({
  async open() {
    const [runtime, font] = await Promise.all([load(roomUrl), load(fontUrl)]);
    const sandbox = await Sandbox.open(await runtime.blob());
    const bytes = await font.arrayBuffer();
    sandbox.post({ kind: "font", family: "Inter Variable", bytes } satisfies ToRoom, [bytes]);
    return sandbox;
  },
  clock: browserClock,
});

async function load(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response;
  throw new Error("the part of the app that draws them is not on this device yet. Connect once");
}

/** A member without a browser who watches a notebook and all that trains in it, as a viewer's page would. */
import type { Page } from "@playwright/test";
import type { RunId } from "../../lib/base/ids.ts";
import type { RoomKey } from "../../lib/document/rooms.ts";
import { type RunRow, listRuns, readRun } from "../../lib/document/runsDoc.ts";
import { type NodeRoom, joinByInvite, openRoom, signIn } from "../../lib/platform/node/client.ts";
import { generateDeviceKey, signerOf } from "../../lib/platform/webcrypto.ts";
import { inviteLink } from "../people.ts";

export interface Viewer {
  /** Updates of runs that have come in, all of them, and those of runs that were still on. */
  points(): number;
  live(): number;
  newestRun(): RunRow | undefined;
  close(): void;
}

/** Joins by a link from `host`, whose page shows the notebook; has the list of runs and the newest run open too. */
export async function watch(origin: string, host: Page): Promise<Viewer> {
  const signer = await signerOf(await generateDeviceKey());
  const place = await joinByInvite(origin, await inviteLink(host, "Viewer"), signer, "Ada Obi");
  // Signed in anew each time: a token is good for minutes, a benchmark takes longer.
  const enter = async (room: RoomKey): Promise<NodeRoom> =>
    openRoom(place, room, await signIn(place, signer));
  const notebook = await enter(
    `notebook/${new URL(host.url()).pathname.split("/").at(-1) ?? ""}` as RoomKey,
  );
  const runs = await enter("runs");
  let shown: { readonly id: RunId; readonly room: Promise<NodeRoom> } | undefined;
  let [points, live] = [0, 0];
  const show = (id: RunId): void => {
    void shown?.room.then((room) => room.close());
    shown = { id, room: enter(`run/${id}`) };
    void shown.room.then(({ doc }) =>
      doc.on("update", () => {
        points++;
        if (!readRun(runs.doc, id)?.end) live++;
      }),
    );
  };
  const newestRun = (): RunRow | undefined => listRuns(runs.doc)[0];
  runs.doc.on("update", () => {
    const newest = newestRun();
    if (newest && newest.id !== shown?.id) show(newest.id);
  });
  await runs.synced;
  return {
    points: () => points,
    live: () => live,
    newestRun,
    close: () => {
      for (const room of [notebook, runs]) room.close();
      void shown?.room.then((room) => room.close());
    },
  };
}

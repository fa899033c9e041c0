/** The curves of a run together with those of the runs that it goes on from, while a component is there. */
import type * as Y from "yjs";
import type { RunId } from "../../lib/base/ids.ts";
import { runsRoots } from "../../lib/document/runsDoc.ts";
import { ChainMetrics, chainOf } from "../../lib/runs/runChain.ts";
import type { Series } from "../../lib/runs/seriesLog.ts";
import type { OpenRoom, WorkspaceSession } from "../../lib/workspace/session.ts";
import { follow, live } from "../live.ts";
import { unchanged } from "../notebook/unchanged.ts";

/** `runs`: the document of the list; call it while a component is set up. */
export function chainSeries(
  session: () => Pick<WorkspaceSession, "open">,
  runs: () => Y.Doc | undefined,
  run: () => RunId,
): { readonly current: readonly Series[] | undefined } {
  let rooms = $state.raw<Readonly<Partial<Record<RunId, OpenRoom>>>>({});
  const chains = $derived.by(() => {
    const doc = runs();
    return (
      doc &&
      live(
        runsRoots.runs(doc),
        unchanged(() => chainOf(doc, run())),
      )
    );
  });
  const chain = $derived(chains?.current);
  $effect(() => {
    if (!chain) return;
    let gone = false;
    const opened: OpenRoom[] = [];
    for (const { run: id } of chain)
      void session()
        .open(`run/${id}`)
        .then((room) => {
          if (gone) return room.close();
          opened.push(room);
          rooms = { ...rooms, [id]: room };
        });
    return () => {
      gone = true;
      for (const room of opened) room.close();
      rooms = {};
    };
  });
  const metrics = $derived.by(() => {
    const parts = (chain ?? []).flatMap((link) => {
      const room = rooms[link.run];
      return room ? [{ doc: room.doc, epoch: link.epoch, batch: link.batch }] : [];
    });
    return parts.length > 0 ? follow(new ChainMetrics(parts)) : undefined;
  });
  return {
    get current() {
      return metrics?.current;
    },
  };
}

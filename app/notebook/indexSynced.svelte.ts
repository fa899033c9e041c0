/** Whether the workspace's index has been merged with the server's: before that, what is not in it may yet come. */
import type { OpenRoom, WorkspaceSession } from "../../lib/workspace/session.ts";
import { type Live, follow } from "../live.ts";

/** For a component: lets go of the room with it. */
export function indexSynced(session: Pick<WorkspaceSession, "open">): Live<boolean> {
  let room = $state.raw<OpenRoom>();
  $effect(() => {
    let gone = false;
    void session.open("index").then((opened) => {
      if (gone) opened.close();
      else room = opened;
    });
    return () => {
      gone = true;
      room?.close();
    };
  });
  const synced = $derived(room && follow(room.synced));
  return {
    get current() {
      return synced?.current ?? false;
    },
  };
}

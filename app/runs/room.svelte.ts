/** A room held open while a component is there. */
import type { RoomKey } from "../../lib/document/rooms.ts";
import type { OpenRoom, WorkspaceSession } from "../../lib/workspace/session.ts";

export interface HeldRoom {
  readonly current: OpenRoom | undefined;
  /** Why it could not be opened. */
  readonly problem: unknown;
}

/** Opens the room that `key` names, and another one when it names another; call it while a component is set up. */
export function holdRoom(
  session: () => Pick<WorkspaceSession, "open">,
  key: () => RoomKey,
): HeldRoom {
  let current = $state.raw<OpenRoom>();
  let problem = $state.raw<unknown>();
  $effect(() => {
    let gone = false;
    let opened: OpenRoom | undefined;
    session()
      .open(key())
      .then(
        (room) => {
          if (gone) room.close();
          else current = opened = room;
        },
        (cause: unknown) => (problem = cause),
      );
    return () => {
      gone = true;
      opened?.close();
      current = problem = undefined;
    };
  });
  return {
    get current() {
      return current;
    },
    get problem() {
      return problem;
    },
  };
}

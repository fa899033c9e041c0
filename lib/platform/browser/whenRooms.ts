/** Waiting for something about rooms or the server to come true. */
import type { Rooms } from "./rooms.ts";
import type { ServerLink } from "./serverLink.ts";

/** Resolves when it holds, or after so many milliseconds. It is asked whenever a room or the link has changed. */
export async function whenRooms(
  parts: { readonly rooms: Pick<Rooms, "onChange">; readonly link: Pick<ServerLink, "state"> },
  holds: () => boolean,
  patience: number,
): Promise<void> {
  const stops: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (holds()) resolve();
    };
    const timer = setTimeout(resolve, patience);
    stops.push(parts.rooms.onChange(look), parts.link.state.subscribe(look), () =>
      clearTimeout(timer),
    );
    look();
  });
  for (const stop of stops) stop();
}

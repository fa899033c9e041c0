/** What of datasets, models and outputs is on its way to the server, in words. */
import type { Uploads } from "../../lib/workspace/session.ts";
import { fileSize } from "../datasets/words.ts";

/** What happened and what to do where the server takes no more. `limit`: bytes. */
export function fullWords(
  { sent, total }: Pick<Uploads, "sent" | "total">,
  limit: number,
): readonly string[] {
  return [
    `The workspace's store on the server is full (${fileSize(limit)}). ${fileSize(total - sent)} of datasets, models and outputs stay on this device, and are sent by themselves when there is room. Everything else goes on being saved.`,
    "Ask whoever runs the server to raise its quota, or delete datasets that nobody needs: their space is free a week later.",
  ];
}

/** "120 of 512 MB"; before the first of it has arrived "512 MB". */
export function sizeOfUploads({ sent, total }: Pick<Uploads, "sent" | "total">): string {
  const whole = fileSize(total);
  if (sent === 0) return whole;
  const [, unit = ""] = whole.split(" ");
  const part = fileSize(sent);
  return part.endsWith(` ${unit}`) ? `${part.split(" ")[0]} of ${whole}` : `${part} of ${whole}`;
}

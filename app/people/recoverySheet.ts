/** The sheet that somebody prints or keeps as a file: the recovery key, and the workspaces that it opens. */
import type { WorkspaceId } from "../../lib/base/ids.ts";

export interface Sheet {
  readonly name: string;
  readonly code: string;
  readonly origin: string;
  readonly workspaces: readonly { readonly id: WorkspaceId; readonly title: string }[];
  readonly day: string;
}

export function sheetText({ name, code, origin, workspaces, day }: Sheet): string {
  return [
    "Ensemble recovery key",
    "",
    `For ${name}, made ${day}`,
    "",
    `  ${code}`,
    "",
    "It brings a new browser into these workspaces:",
    "",
    ...workspaces.flatMap(({ id, title }) => [
      `  ${title || "Untitled"}`,
      `  ${origin}/w/${id}`,
      "",
    ]),
    `To use it, open ${origin}, choose "Recover with a key", and type the key or open this file.`,
    "Whoever has this sheet can come in as you. Keep it where you keep your papers.",
    "",
  ].join("\n");
}

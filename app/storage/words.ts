/** What this browser keeps, in words: how much, what stands in the way, and what goes with a workspace. */
import { assertNever } from "../../lib/base/assertNever.ts";
import { AppError, type Failure } from "../../lib/base/errors.ts";
import type {
  ImportFailure,
  StorageTrouble,
  StorageUsage,
  Unsaved,
} from "../../lib/workspace/deviceStorage.ts";
import { count, fileSize } from "../datasets/words.ts";

export interface TroubleWords {
  readonly what: string;
  readonly todo: string;
  /** Loading the page again is the way on. */
  readonly reload: boolean;
  /** Something is being lost, or will be with this tab. */
  readonly grave: boolean;
}

export function troubleWords(trouble: StorageTrouble): TroubleWords {
  switch (trouble.kind) {
    case "newer-app":
      return {
        what: "A newer Ensemble is open in another tab.",
        todo: `Reload.${inThisTab(trouble.unkept)}`,
        reload: true,
        grave: true,
      };
    case "gone":
      return {
        what: "This browser has taken away what Ensemble keeps in it: its site data was cleared, or its disk is gone.",
        todo: `What you see is in this tab alone. Copy what you must not lose, then reload.${inThisTab(trouble.unkept)}`,
        reload: true,
        grave: true,
      };
    case "full":
      return {
        what: "This browser's storage is full.",
        todo: `${trouble.unkept > 0 ? `${count(trouble.unkept, "change")} in this tab ${trouble.unkept === 1 ? "is" : "are"} kept nowhere else: leave it open.` : "Nothing is lost yet."} Free some disk space, or delete a workspace that you do not need from this browser. It goes on by itself.`,
        reload: false,
        grave: true,
      };
    case "low":
      return {
        what: `This browser has ${fileSize(trouble.available)} of storage left.`,
        todo: "Free some disk space, or delete a workspace that you do not need from this browser, before it is full.",
        reload: false,
        grave: false,
      };
    default:
      return assertNever(trouble);
  }
}

function inThisTab(unkept: number): string {
  if (unkept === 0) return "";
  return ` ${count(unkept, "change")} made since ${unkept === 1 ? "is" : "are"} in this tab alone.`;
}

/** "42 MB used, 1.2 GB free". */
export function usageWords({ used, available }: StorageUsage): string {
  if (used === undefined || available === undefined)
    return "This browser does not say how much it keeps.";
  return `${fileSize(used)} used, ${fileSize(available)} free`;
}

export function promisedWords(promised: boolean | undefined): string {
  switch (promised) {
    case true:
      return "This browser keeps it until you delete it.";
    case false:
      return "This browser may delete it when the disk runs short. What is saved on a server is safe from that.";
    case undefined:
      return "This browser does not say how long it keeps it.";
  }
}

export interface RemovalWords {
  readonly words: readonly string[];
  readonly button: string;
  /** Something will be lost for good. */
  readonly loses: boolean;
}

export function removalWords({ changes, bytes }: Unsaved, onServer: boolean): RemovalWords {
  const lost = [
    ...(changes > 0 ? [count(changes, "change")] : []),
    ...(bytes > 0 ? [`${fileSize(bytes)} of data`] : []),
  ].join(" and ");
  const many = changes > 1 || (changes > 0 && bytes > 0);
  if (!onServer)
    return {
      words: [
        "No server has this workspace: it is on this device only. Deleting it here deletes it for good.",
        "There is no way back. Export it first if you may want it again.",
      ],
      button: "Delete for good",
      loses: true,
    };
  const again =
    "You stay a member, with this browser's key: open its address or an invite link here, and it comes back from the server. Other devices keep it.";
  if (lost === "")
    return {
      words: [`Everything in it is saved on the server. ${again}`],
      button: "Delete from this browser",
      loses: false,
    };
  return {
    words: [
      `${lost} ${many ? "are" : "is"} on this device only, and would be lost for good. The rest is on the server.`,
      "There is no way back. Wait until it says Saved, or export it first.",
      again,
    ],
    button: `Delete, and lose ${lost}`,
    loses: true,
  };
}

const importCodes: readonly ImportFailure["code"][] = [
  "file-not-a-workspace",
  "file-too-new",
  "file-damaged",
  "file-too-big",
  "storage-full",
];

/** Why a workspace could not be made of this file. */
export function importFailureWords(error: unknown, file: string): string {
  const failure = error instanceof AppError ? (error.failure as Failure) : undefined;
  return importCodes.some((code) => code === failure?.code)
    ? wordsOf(failure as ImportFailure, file)
    : `${file} could not be imported, and the fault is Ensemble's: ${String(error)}`;
}

function wordsOf(failure: ImportFailure, file: string): string {
  switch (failure.code) {
    case "file-not-a-workspace":
      return `${file} is no workspace file, or its end is missing. Take one that was made by “Export”, and copy or download it again where it was cut off.`;
    case "file-too-new":
      return `${file} was made by a newer Ensemble. Close all tabs of this one, open it again, and import it then.`;
    case "file-damaged":
      return `${file} is damaged: ${failure.what} is not what the file says. Nothing was imported. Copy or export it again.`;
    case "file-too-big":
      return `${file} needs ${fileSize(failure.needed)}, and this browser has ${fileSize(failure.available)} left. Free some disk space, or delete a workspace that you do not need from this browser.`;
    case "storage-full":
      return `This browser's storage is full, so ${file} was not imported. Free some disk space, or delete a workspace that you do not need from this browser.`;
    default:
      return assertNever(failure);
  }
}

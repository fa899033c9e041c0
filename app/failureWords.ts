/** What stands in the way of a workspace, in words: what happened, to what, and what to do. */
import { assertNever } from "../lib/base/assertNever.ts";
import { AppError, type Failure } from "../lib/base/errors.ts";
import type { WorkspaceFailure } from "../lib/workspace/workspaces.ts";

export interface FailureWords {
  readonly heading: string;
  readonly words: readonly string[];
  /** Trying the same again may go better. */
  readonly again: boolean;
}

const codes: readonly WorkspaceFailure["code"][] = [
  "workspace-unknown",
  "not-a-member",
  "server-unreachable",
  "server-busy",
  "workspace-full",
  "invite-malformed",
  "invite-unknown",
  "invite-used-up",
  "invite-expired",
  "another-member",
  "recovery-unknown",
  "not-signed-in",
  "no-keys",
  "no-storage",
  "newer-app",
];

/** Anything that is no WorkspaceFailure is a bug, and is said as one. */
export function failureWords(error: unknown): FailureWords {
  const failure = error instanceof AppError ? (error.failure as Failure) : undefined;
  const code = codes.find((known) => known === failure?.code);
  if (code) return wordsOf(code);
  return {
    heading: "Something broke",
    words: [
      `This is a fault of Ensemble, not of what you did: ${String(error)}`,
      "Nothing that was saved is harmed. Load the page again; if it happens again, report it with the line above.",
    ],
    again: true,
  };
}

function wordsOf(code: WorkspaceFailure["code"]): FailureWords {
  switch (code) {
    case "workspace-unknown":
      return {
        heading: "This workspace is not here",
        words: [
          "This browser does not have it, and a workspace opens only for its members. It may also live on another server, or the address was cut short.",
          "Ask somebody in the workspace for an invite link, and open it in this browser.",
        ],
        again: false,
      };
    case "not-a-member":
      return {
        heading: "You are not a member of this workspace",
        words: [
          "It exists, but this browser holds no key to it: you have not joined with this browser, or an owner has taken you out.",
          "Ask an owner for an invite link, and open it in this browser.",
        ],
        again: false,
      };
    case "server-unreachable":
      return {
        heading: "The server cannot be reached",
        words: [
          "Joining needs the server once, to check the invite. After that the workspace works offline too.",
          "Check your connection, or ask whoever runs the server whether it is up.",
        ],
        again: true,
      };
    case "server-busy":
      return {
        heading: "The server takes nothing at the moment",
        words: [
          "Your network has asked it more often than its limit for a minute, its disk is full, or it is being started anew. Nothing is wrong with your link.",
          "Try again in a minute. If it stays so, tell whoever runs the server.",
        ],
        again: true,
      };
    case "workspace-full":
      return {
        heading: "This workspace takes no more members",
        words: [
          "Its log of members and invites has reached the server's limit. Those who are in go on as always.",
          "Ask an owner to export it to a file and to import it as a new workspace.",
        ],
        again: false,
      };
    case "invite-malformed":
      return {
        heading: "This invite link is not whole",
        words: [
          "Part of the link is missing or was changed, as happens when a long line is broken or copied in pieces.",
          "Copy the whole link again, with everything after the # sign, or ask for a new one.",
        ],
        again: false,
      };
    case "invite-unknown":
      return {
        heading: "This invite is not known",
        words: [
          "It was taken back, whoever made it is no longer an owner, or the device on which it was made has not been online since.",
          "Ask for a new link, or try again once its maker is online.",
        ],
        again: true,
      };
    case "invite-used-up":
      return {
        heading: "This invite has been used up",
        words: [
          "As many people as it was made for have joined with it. Nothing is wrong with your browser.",
          "Ask an owner of the workspace for a new invite link.",
        ],
        again: false,
      };
    case "invite-expired":
      return {
        heading: "This invite has expired",
        words: [
          "It was good for a limited time, and that time is over.",
          "Ask an owner of the workspace for a new invite link.",
        ],
        again: false,
      };
    case "another-member":
      return {
        heading: "This browser is somebody else there",
        words: [
          "It belongs to this workspace already, as another member, and one browser is one member in a workspace.",
          "Leave the workspace in this browser first (People, Leave workspace), then come in again; or use another browser or another profile of this one.",
        ],
        again: true,
      };
    case "recovery-unknown":
      return {
        heading: "This recovery key opens nothing here",
        words: [
          "Nobody in the workspace has it: another key was made after it, the member was taken out, or the device on which it was made has not been online since.",
          "Look for a newer key, or ask an owner of the workspace for an invite link.",
        ],
        again: true,
      };
    case "not-signed-in":
      return {
        heading: "This server does not know who you are",
        words: [
          "People sign in at a proxy in front of it, and the request did not come through there.",
          "Open the address that you usually use, sign in, and load the page again.",
        ],
        again: true,
      };
    case "no-keys":
      return {
        heading: "This address is not secure enough to work at",
        words: [
          "Browsers give keys, storage, WebGPU and offline use only to pages on https or on localhost.",
          "On the computer that runs the server, open http://localhost. For other devices, start the server with --https and open the https address that it prints.",
        ],
        again: false,
      };
    case "no-storage":
      return {
        heading: "This browser keeps nothing for this page",
        words: [
          "Storage is switched off or full, as in some private windows, so notebooks could not be kept from one moment to the next.",
          "Allow cookies and site data for this address, free some disk space, or open it in an ordinary window.",
        ],
        again: true,
      };
    case "newer-app":
      return {
        heading: "A newer Ensemble has been used here",
        words: [
          "What this browser keeps was taken over by a newer version of Ensemble, which this page is not. Nothing is lost.",
          "Close all other tabs of Ensemble, and load this page again.",
        ],
        again: true,
      };
    default:
      return assertNever(code);
  }
}

/** What a server turns away, in words: what it was, the limit where there is one, and what to do. */
import { assertNever } from "../../lib/base/assertNever.ts";
import { REFUSALS, type RefusalCode, type Refused } from "../../lib/sync/refusals.ts";
import { fileSize } from "../datasets/words.ts";

type Words = readonly [what: string, toDo: string];

const KEPT = "What you did since is kept on this device.";

/** A code that this app does not know is said as it is. */
export function refusalWords({ code, limit }: Refused): Words {
  const known = REFUSALS.find((one) => one === code);
  if (known) return wordsOf(known, limit);
  return [`The server refuses this workspace (${code}). ${KEPT}`, "Ask whoever runs it."];
}

function wordsOf(code: RefusalCode, limit: number | undefined): Words {
  const size = limit === undefined ? "" : ` of ${fileSize(limit)}`;
  const many = limit === undefined ? "" : ` of ${limit.toLocaleString("en")}`;
  switch (code) {
    case "frame-too-big":
    case "room-too-big":
      return [
        `Something that you have open has grown over the server's limit${size} for one notebook or run. ${KEPT} The rest of the workspace is saved as always.`,
        "Take out what is big, such as long outputs: data belongs into datasets. As soon as it fits, it is sent by itself.",
      ];
    case "presence-too-big":
      return [
        `What this tab says of you to the others (your name, where you are) is over the server's limit${size}, so they do not see you here. Your work is not affected.`,
        "Load the page again; choose a shorter name if you gave yourself a long one.",
      ];
    case "too-big":
      return [
        `This browser sent the server more at once than its limit${size} for one request. ${KEPT}`,
        "Load the page again. If it happens again, report it: the app should send less at once.",
      ];
    case "too-slow":
      return [
        `This browser took in less than the others sent: more than the limit${size} waited for it, and the server ended the connection. It comes back by itself, and nothing is lost.`,
        "On a slow network, close tabs in which somebody trains a model, or come back to them later.",
      ];
    case "too-many-sockets":
      return [
        `Your network has more connections to the server than its limit${many} for one address. ${KEPT}`,
        "Close tabs that you do not need. If many people share your network, ask whoever runs the server to trust its proxy or to allow more.",
      ];
    case "too-many-rooms":
      return [
        `This browser has more notebooks, datasets and runs open than the server's limit${many} for one device. ${KEPT}`,
        "Close tabs that you do not need; what waits is opened by itself then.",
      ];
    case "too-many":
      return [
        `Your network asked the server more often than its limit${many} requests a minute. ${KEPT}`,
        "Wait a minute: this browser tries again by itself.",
      ];
    case "too-many-workspaces":
      return [
        `Your network made more new workspaces than the server's limit${many} a minute. ${KEPT}`,
        "Wait a minute: this browser tries again by itself.",
      ];
    case "too-many-reports":
      return [
        `This browser told the audit log more at once than the server's limit${many}. ${KEPT}`,
        "Nothing to do: this browser tells the rest by itself.",
      ];
    case "log-full":
      return [
        `This workspace's log of members and of what they did has reached the server's limit${many} entries. ${KEPT}`,
        "Go on in a new workspace: export this one to a file, and import it there.",
      ];
    case "quota-exceeded":
      return [
        `This workspace's datasets, models and outputs are over the server's limit${size} for one workspace. ${KEPT}`,
        "Delete what nobody needs, or ask whoever runs the server for more. What waits is sent by itself when there is room.",
      ];
    case "disk-full":
      return [
        `The server's disk is full, so it takes nothing new. ${KEPT}`,
        "Tell whoever runs the server. When there is room, everything is sent by itself.",
      ];
    case "bad-token":
    case "bad-signature":
      return [
        `The server did not take this browser's proof of who you are. ${KEPT}`,
        "Load the page again. If it happens again, ask an owner for a new invite link.",
      ];
    case "not-a-member":
      return [
        `An owner has taken you out of this workspace, or this browser was never let in. ${KEPT}`,
        "Ask an owner for a new invite link.",
      ];
    case "not-signed-in":
      return [
        `The server lets in only who has signed in at the page in front of it. ${KEPT}`,
        "Load the page again, and sign in there.",
      ];
    case "not-an-owner":
      return [
        "Only owners may read the audit log. Your work is not affected.",
        "Ask an owner to look, or to make you one.",
      ];
    case "read-only":
      return [
        `You are a viewer here, and viewers change nothing on the server. ${KEPT}`,
        "Ask an owner to make you an editor.",
      ];
    case "workspace-unknown":
    case "register-token-needed":
      return [
        `The server takes new workspaces only from those who know its token. ${KEPT}`,
        "Ask whoever runs the server.",
      ];
    case "room-unknown":
      return [
        `The server does not know this kind of page: it is older than the app that you use. ${KEPT}`,
        "Ask whoever runs the server to bring it up to date.",
      ];
    case "room-deleted":
      return [
        `Something that you have open was deleted by somebody else. ${KEPT}`,
        "It is among your drafts, to be read, copied from or put back; the rest of the workspace is not affected.",
      ];
    case "blob-missing":
      return [
        "The server does not have data that something here names: whoever brought it has not sent it yet, or it was cleared away.",
        "Ask who brought it to open the workspace once on that device.",
      ];
    case "malformed":
    case "method":
    case "no-entries":
    case "no-key":
    case "not-json":
    case "not-a-digest":
    case "digest-differs":
      return [
        `The server could not read what this browser sent (${code}). ${KEPT}`,
        "Load the page again, so that it runs the same version as the server. If it happens again, report it.",
      ];
    case "try-later":
      return [
        `The server could not take something at this moment. ${KEPT}`,
        "Nothing to do: this browser tries again by itself.",
      ];
    case "going-away":
      return [
        "The server is being stopped or started anew. Everything up to then is safely written there.",
        "Nothing to do: this browser comes back to it by itself.",
      ];
    case "server-failed":
      return [
        `Something failed in the server. ${KEPT}`,
        "This browser tries again by itself. If it stays so, tell whoever runs the server: its log says more.",
      ];
    default:
      return assertNever(code);
  }
}

/** What a cell is told where the page could not do what it asked for: what happened, and what to do. */
import { AppError, type Failure } from "../../lib/base/errors.ts";
import { failureWords } from "../failureWords.ts";

export function explainToCell(error: unknown): string {
  if (isFull(error))
    return "This browser's disk space for the page is full, so it could not be kept. Free some space, then run the cell again.";
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const { code } = error.failure as Failure;
  switch (code) {
    case "request-malformed":
    case "runs-request":
      return "The page was sent something that it cannot read. Use what the package ensemble offers as it is documented, or restart the kernel if the cell already does.";
    case "blob-missing":
      return "The bytes are not in this browser and could not be fetched. Connect to the server, then run the cell again.";
    default: {
      const { heading, words } = failureWords(error);
      return [`${heading}.`, ...words].join(" ");
    }
  }
}

function isFull(error: unknown): boolean {
  if (error instanceof AppError && error.cause !== undefined) return isFull(error.cause);
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

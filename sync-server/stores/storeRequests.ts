/** What the server and the store's thread say to each other, and how a request is answered. */
import type { SqliteFile, Write } from "./sqlite.ts";

export type StoreRequest =
  | { readonly kind: "write"; readonly id: number; readonly batch: readonly Write[] }
  | { readonly kind: "load"; readonly id: number; readonly room: string; readonly since: number }
  | { readonly kind: "entries"; readonly id: number; readonly workspace: string }
  | { readonly kind: "rooms"; readonly id: number; readonly workspace: string }
  | { readonly kind: "workspaces"; readonly id: number }
  | { readonly kind: "secret"; readonly id: number; readonly name: string }
  | {
      readonly kind: "audit";
      readonly id: number;
      readonly workspace: string;
      readonly after: number;
      readonly limit: number;
    }
  | {
      readonly kind: "standing";
      readonly id: number;
      readonly rooms: readonly string[];
      readonly workspaces: readonly string[];
    }
  | { readonly kind: "close"; readonly id: number };

export type StoreAnswer =
  | { readonly kind: "open" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | {
      readonly kind: "refused";
      readonly id: number;
      readonly message: string;
      /** SQLite's name for what went wrong. */
      readonly code?: string | undefined;
    };

export function answerRequest(file: SqliteFile, request: StoreRequest): StoreAnswer {
  try {
    return { kind: "done", id: request.id, value: carryOut(file, request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const { code } = error as { code?: string };
    return { kind: "refused", id: request.id, message, code };
  }
}

function carryOut(file: SqliteFile, request: StoreRequest): unknown {
  switch (request.kind) {
    case "write":
      return file.write(request.batch);
    case "load":
      return file.load(request.room, request.since);
    case "entries":
      return file.entries(request.workspace);
    case "rooms":
      return file.rooms(request.workspace);
    case "workspaces":
      return file.workspaces();
    case "secret":
      return file.secret(request.name);
    case "audit":
      return file.audit(request.workspace, request.after, request.limit);
    case "standing":
      return file.standing(request.rooms, request.workspaces);
    case "close":
      file.close();
      return undefined;
  }
}

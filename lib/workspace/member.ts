/** Somebody who belongs to a workspace, and what they may do in it. */
import type { MemberId } from "../base/ids.ts";

export type Role = "owner" | "editor" | "viewer";

export interface Member {
  readonly id: MemberId;
  readonly name: string;
  readonly role: Role;
}

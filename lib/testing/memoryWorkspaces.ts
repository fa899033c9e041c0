/** The workspaces of a browser, in memory. What a join or an opening comes to is the test's choice. */
import { encodeBase32 } from "../base/base32.ts";
import { AppError } from "../base/errors.ts";
import type { MemberId, WorkspaceId } from "../base/ids.ts";
import { Settable } from "../base/observable.ts";
import { renameWorkspace } from "../document/indexDoc.ts";
import type { Member } from "../workspace/session.ts";
import type {
  BroughtIn,
  OpenWorkspace,
  PersonDevices,
  WorkspaceFailure,
  WorkspaceSummary,
  Workspaces,
} from "../workspace/workspaces.ts";
import { memoryPlatform } from "./memoryPlatform.ts";
import { MemoryDeviceStorage } from "./memoryDeviceStorage.ts";
import { MemorySession } from "./memorySession.ts";

export class MemoryWorkspaces implements Workspaces {
  readonly list = new Settable<readonly WorkspaceSummary[]>([]);
  readonly myName = new Settable("");
  readonly storage = new MemoryDeviceStorage((id) =>
    this.list.set(this.list.current.filter((one) => one.id !== id)),
  );
  readonly sessions = new Map<WorkspaceId, MemorySession>();
  /** What stands in the way of the next join. */
  joinFailure: WorkspaceFailure | undefined;
  /** The fragments that were joined by. */
  readonly joined: string[] = [];
  /** What comes of bringing this browser in, and of asking whether a workspace is open. */
  brought: readonly BroughtIn[] = [];
  openness: OpenWorkspace = { role: "nobody", signedInAs: "" };
  readonly #world = memoryPlatform();

  readonly devices: PersonDevices = {
    invite: (ids) =>
      Promise.resolve({
        path: `/device#${"s".repeat(43)}.${ids.join(".")}`,
        expiresAt: this.#world.now() + 60_000,
        workspaces: ids.map((workspace) => ({ workspace })),
      }),
    bringIn: () => Promise.resolve(this.brought),
    saveRecovery: (workspaces) =>
      Promise.resolve({
        code: "abcd-efgh-ijkl-mnop-qrst-uvwx-yz23",
        path: "/recover#",
        workspaces,
        waiting: [],
      }),
    recover: () => Promise.resolve(this.brought),
  };

  setMyName(name: string): Promise<void> {
    this.myName.set(name);
    return Promise.resolve();
  }

  async create(title: string): Promise<WorkspaceId> {
    const id = encodeBase32(this.#world.randomBytes(16)) as WorkspaceId;
    const session = this.add(id, { role: "owner" });
    renameWorkspace((await session.open("index")).doc, title);
    this.list.set([this.#summary(id, title, session), ...this.list.current]);
    return id;
  }

  join(workspace: WorkspaceId, fragment: string): Promise<void> {
    if (this.joinFailure) return Promise.reject(new AppError(this.joinFailure));
    this.joined.push(fragment);
    if (!this.sessions.has(workspace)) this.add(workspace, { role: "editor" });
    return Promise.resolve();
  }

  openTo(): Promise<OpenWorkspace> {
    return Promise.resolve(this.openness);
  }

  joinOpen(workspace: WorkspaceId): Promise<void> {
    if (!this.sessions.has(workspace)) this.add(workspace, { role: "viewer" });
    return Promise.resolve();
  }

  open(workspace: WorkspaceId): Promise<MemorySession> {
    const session = this.sessions.get(workspace);
    return session
      ? Promise.resolve(session)
      : Promise.reject(new AppError<WorkspaceFailure>({ code: "workspace-unknown" }));
  }

  /** A workspace that this browser has. */
  add(
    id: WorkspaceId,
    options: { readonly role: Member["role"]; readonly others?: readonly Member[] },
  ): MemorySession {
    const me = { id: "me" as MemberId, name: this.myName.current, role: options.role };
    const session = new MemorySession(id, me, options.others);
    this.sessions.set(id, session);
    return session;
  }

  #summary(id: WorkspaceId, title: string, session: MemorySession): WorkspaceSummary {
    return {
      id,
      title,
      notebooks: 0,
      datasets: 0,
      runs: 0,
      members: session.members.current,
      openedAt: this.#world.now(),
      onServer: false,
    };
  }
}

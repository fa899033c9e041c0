/** Keeps what the home page shows of a workspace true while it is open, without writing at every keystroke. */
import { listDatasets, listNotebooks, workspaceTitle } from "../../document/indexDoc.ts";
import { listRuns } from "../../document/runsDoc.ts";
import type { Member } from "../../workspace/session.ts";
import type { WorkspaceSummary } from "../../workspace/workspaces.ts";
import type { HeldRoom } from "./rooms.ts";

const PAUSE = 300;

export class HomeSummary {
  readonly #index: HeldRoom;
  readonly #runs: HeldRoom;
  readonly #members: () => readonly Member[];
  readonly #write: (part: Partial<WorkspaceSummary>) => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #changed = (): void => this.changed();

  constructor(
    rooms: { readonly index: HeldRoom; readonly runs: HeldRoom },
    members: () => readonly Member[],
    write: (part: Partial<WorkspaceSummary>) => Promise<void>,
  ) {
    this.#index = rooms.index;
    this.#runs = rooms.runs;
    this.#members = members;
    this.#write = write;
    for (const { room } of [this.#index, this.#runs]) room.doc.on("update", this.#changed);
    this.#tell();
  }

  /** Something that it shows may have changed. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#tell(), PAUSE);
  }

  async close(): Promise<void> {
    for (const { room } of [this.#index, this.#runs]) room.doc.off("update", this.#changed);
    this.#tell();
    await this.#writing;
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [index, runs] = [this.#index.room.doc, this.#runs.room.doc];
    const part = {
      title: workspaceTitle(index),
      notebooks: listNotebooks(index).length,
      datasets: listDatasets(index).length,
      runs: listRuns(runs).length,
      members: this.#members(),
    };
    // The home page does without where it cannot be kept.
    this.#writing = this.#writing.then(() => this.#write(part)).catch(() => undefined);
  }
}

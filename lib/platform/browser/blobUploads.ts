/**
 * Sends to the server the chunks that it does not have, a few at a time: each is sent whole or again, and one that
 * is refused holds up no other. What the server says it lacks, and this browser has, is offered again.
 */
import type { Digest, WorkspaceId } from "../../base/ids.ts";
import { Settable } from "../../base/observable.ts";
import type { BlobStore, WaitingChunk } from "../../storage/blobStore.ts";
import type { Refused } from "../../sync/refusals.ts";
import { backoff } from "../../sync/backoff.ts";
import type { Uploads } from "../../workspace/session.ts";
import { digestOf } from "./digestOf.ts";
import type { BlobSpace, ServerApi } from "./serverApi.ts";
import type { ServerLink } from "./serverLink.ts";
import type { Tabs } from "./tabs.ts";

/** More than one, so that the server's disk and the line are not waited for in turn. */
const AT_ONCE = 3;
const LONGEST_WAIT = 30_000;
/** So often the server is asked what it lacks, and whether there is room again, milliseconds. */
const LOOK_EVERY = 60_000;
/** What is true of the server or this member, and not of one chunk. */
const OF_ALL = new Set(["unreachable", "bad-token", "not-a-member", "read-only", "disk-full"]);

export interface UploadParts {
  readonly store: BlobStore;
  readonly api: ServerApi;
  readonly link: ServerLink;
  readonly mayWrite: () => boolean;
  /** Those that share the storage: they are told when there is more or less to send. */
  readonly tabs: Pick<Tabs, "post" | "listen">;
}

/** `again`: it has to be tried again. */
type Outcome = "sent" | "again" | "full" | "stop";

const NOTHING: Uploads = { chunks: 0, sent: 0, total: 0 };

export class BlobUploads {
  /** What waits, as people see it. */
  readonly state = new Settable<Uploads>(NOTHING);
  readonly #parts: UploadParts;
  readonly #workspace: WorkspaceId;
  readonly #stops: (() => void)[];
  readonly #interval: ReturnType<typeof setInterval>;
  readonly #abort = new AbortController();
  #waiting = new Map<Digest, number>();
  readonly #damaged = new Set<Digest>();
  #leads = false;
  #sent = 0;
  #space: BlobSpace | undefined;
  #sending = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workspace: WorkspaceId, parts: UploadParts) {
    this.#workspace = workspace;
    this.#parts = parts;
    const { state } = parts.link;
    const met = (): void => {
      if (state.current.kind === "online") this.#aside(this.#look());
    };
    this.#stops = [
      state.subscribe(met),
      parts.tabs.listen((message) => {
        if (message.kind === "blobs" && message.workspace === workspace) this.#aside(this.#heard());
      }),
    ];
    this.#interval = setInterval(met, LOOK_EVERY);
  }

  close(): void {
    this.#abort.abort();
    for (const stop of this.#stops) stop();
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
  }

  /** Counts what waits. What waited before and does no more has been sent, by this tab or another. */
  async count(): Promise<void> {
    const waiting = await this.#parts.store.waiting();
    const next = new Map(waiting.map(({ digest, size }) => [digest, size]));
    for (const [digest, size] of this.#waiting) if (!next.has(digest)) this.#sent += size;
    this.#waiting = next;
    this.#show();
  }

  /** From now on this tab sends: of those that share the storage there is one. */
  lead(): void {
    this.#leads = true;
    this.#aside(this.#look());
  }

  /** Something was put here. */
  async added(): Promise<void> {
    await this.count();
    this.#tell();
    void this.#send();
  }

  async #heard(): Promise<void> {
    await this.count();
    void this.#send();
  }

  #tell(): void {
    this.#parts.tabs.post({ kind: "blobs", workspace: this.#workspace });
  }

  async #send(): Promise<void> {
    if (!this.#leads || this.#sending || this.#closed || !this.#parts.mayWrite()) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    const left = await this.#sendAll().catch((): Outcome => "again");
    this.#sending = false;
    if (left === "sent") this.#failures = 0;
    if (left === "sent" || left === "full") return;
    if (this.#parts.link.state.current.kind === "online" && !this.#closed) {
      const wait = backoff(++this.#failures, LONGEST_WAIT, Math.random());
      this.#timer = setTimeout(() => void this.#send(), wait);
    }
  }

  /** Nobody waits for it. Closed meanwhile, its storage is, too: what it asks of that fails then. */
  #aside(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#closed) throw error;
    });
  }

  get #closed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Asks the server how much room there is and what it lacks, and sends what waits. */
  async #look(): Promise<void> {
    const { store, api, link, mayWrite } = this.#parts;
    if (!this.#leads || !mayWrite()) return;
    const token = await link.token();
    const said = token === undefined ? undefined : await api.blobs(token);
    if (this.#closed) return;
    if (said?.ok === true) {
      this.#space = said.value;
      if (said.value.wanted.length > 0) await store.waitAgain(said.value.wanted);
      await this.count();
    }
    await this.#send();
  }

  /** Tries each chunk once, those that come meanwhile too. */
  async #sendAll(): Promise<Outcome> {
    const tried = new Set<Digest>();
    const outcomes = new Set<Outcome>();
    for (;;) {
      const waiting = await this.#parts.store.waiting();
      const queue = waiting.filter(({ digest }) => !tried.has(digest));
      if (queue.length === 0 || outcomes.has("stop")) break;
      const work = async (): Promise<void> => {
        for (let chunk = queue.shift(); chunk; chunk = queue.shift()) {
          if (this.#closed || outcomes.has("stop")) return;
          tried.add(chunk.digest);
          outcomes.add(await this.#sendChunk(chunk).catch((): Outcome => "again"));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (this.#closed) return "stop";
    }
    await this.count();
    return (["stop", "again", "full"] as const).find((one) => outcomes.has(one)) ?? "sent";
  }

  async #sendChunk({ digest, size }: WaitingChunk): Promise<Outcome> {
    const { store, api, link } = this.#parts;
    const { signal } = this.#abort;
    const token = await link.token();
    if (token === undefined) return "stop";
    const known = await api.hasChunk(token, digest, signal);
    if (!known.ok) return this.#failed(known);
    if (!known.value) {
      if (this.#room < size) return "full";
      const bytes = await store.chunk(digest);
      if (!bytes || (await digestOf(bytes)) !== digest) {
        // It is not what it was, and so nothing that the server would take.
        this.#damaged.add(digest);
        return "again";
      }
      const sent = await api.putChunk(token, digest, bytes, signal);
      if (!sent.ok) {
        if (sent.code !== "quota-exceeded") return this.#failed(sent);
        // How much still fits the refusal does not say.
        const space = await api.blobs(token);
        if (space.ok) this.#space = space.value;
        return this.#room < size ? "full" : "again";
      }
      if (this.#space) this.#space = { ...this.#space, used: this.#space.used + size };
    }
    await store.uploaded(digest);
    this.#damaged.delete(digest);
    if (this.#waiting.delete(digest)) this.#sent += size;
    this.#show();
    this.#tell();
    return "sent";
  }

  #failed(refusal: Refused): Outcome {
    if (this.#closed) return "stop";
    const { code } = refusal;
    this.#parts.link.told(refusal);
    if (code === "unreachable") this.#parts.link.lost();
    if (code === "bad-token") this.#parts.link.forgetToken();
    return OF_ALL.has(code) ? "stop" : "again";
  }

  /** Bytes that the server takes, as far as is known. */
  get #room(): number {
    return this.#space ? this.#space.limit - this.#space.used : Infinity;
  }

  #show(): void {
    const sizes = [...this.#waiting.values()];
    if (sizes.length === 0) this.#sent = 0;
    const damaged = [...this.#damaged].filter((one) => this.#waiting.has(one)).length;
    const isFull = sizes.some((size) => size > this.#room);
    this.state.set({
      chunks: sizes.length,
      sent: this.#sent,
      total: sizes.reduce((sum, size) => sum + size, this.#sent),
      ...(isFull && this.#space
        ? { full: { used: this.#space.used, limit: this.#space.limit } }
        : {}),
      ...(damaged > 0 ? { damaged } : {}),
    });
  }
}

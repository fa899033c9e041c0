/**
 * Whether this browser is in touch with a workspace's server: signs in, delivers membership entries, keeps
 * the token fresh, notices that the server is gone and comes back by itself. Knows nothing of rooms.
 */
import { type Observable, Settable } from "../../base/observable.ts";
import { backoff } from "../../sync/backoff.ts";
import type { Refused } from "../../sync/refusals.ts";
import type { MembershipCache } from "./membershipCache.ts";
import type { Asked, ServerApi } from "./serverApi.ts";

export type LinkState =
  /** Since it was opened, the first try is on its way. */
  | { readonly kind: "connecting" }
  | { readonly kind: "online" }
  | { readonly kind: "offline" }
  /** The server does not want this member or this workspace; asked again when something changes. */
  | { readonly kind: "refused"; readonly reason: string };

/** A server that is back is noticed within so many milliseconds. */
const LONGEST_WAIT = 1_500;
/** Tokens last for five minutes of the server's clock. */
const TOKEN_LASTS = 4 * 60_000;
/** How often members who were added elsewhere are looked for, milliseconds. */
const REFRESH = 20_000;
/** Refusals that pass: too many requests, a full disk, a failing server. */
const PASSING = new Set([
  "unreachable",
  "too-many",
  "too-many-workspaces",
  "disk-full",
  "server-failed",
  "going-away",
  "bad-token",
]);
/** What needs no words, since it is nobody's doing and over in a moment. */
const UNSAID = new Set(["", "unreachable", "bad-token", "try-later"]);
/** What the server said is shown so long, milliseconds: time enough to look why the status flickered. */
const SHOWN = 60_000;

const UNREACHABLE: Refused = { code: "unreachable" };

export interface LinkEvents {
  /** The server has the workspace: it was registered, or it was known. */
  registered(): void;
  /** The server had lost the workspace, and has its membership again: everything has to be pushed. */
  wiped(): Promise<void>;
}

export class ServerLink {
  readonly #api: ServerApi;
  readonly #cache: MembershipCache;
  readonly #events: LinkEvents;
  readonly #state = new Settable<LinkState>({ kind: "connecting" });
  readonly #notice = new Settable<Refused | undefined>(undefined);
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  #token: { readonly text: string; readonly since: number } | undefined;
  #attempt: Promise<void> | undefined;
  #failures = 0;
  #listening = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #interval: ReturnType<typeof setInterval> | undefined;
  readonly #refreshes: Promise<void>[] = [];
  #closed = false;
  readonly #wake = (): void => this.retry();
  readonly #sleep = (): void => this.lost();

  constructor(api: ServerApi, cache: MembershipCache, events: LinkEvents) {
    this.#api = api;
    this.#cache = cache;
    this.#events = events;
  }

  get state(): Observable<LinkState> {
    return this.#state;
  }

  /** What the server turned away a moment ago, and why. */
  get notice(): Observable<Refused | undefined> {
    return this.#notice;
  }

  /** The server has turned something away that will be tried again. */
  told({ code, limit }: Refused): void {
    if (this.#closed || UNSAID.has(code)) return;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.#notice.set(undefined), SHOWN);
    this.#notice.set(limit === undefined ? { code } : { code, limit });
  }

  start(): void {
    // Not every place has them: they only make what the timers do happen sooner.
    if (typeof addEventListener === "function") {
      addEventListener("online", this.#wake);
      addEventListener("offline", this.#sleep);
      addEventListener("visibilitychange", this.#wake);
    }
    this.#interval = setInterval(() => void this.refresh(), REFRESH);
    this.retry();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#noticeTimer);
    clearInterval(this.#interval);
    if (typeof removeEventListener === "function") {
      removeEventListener("online", this.#wake);
      removeEventListener("offline", this.#sleep);
      removeEventListener("visibilitychange", this.#wake);
    }
    this.#set({ kind: "offline" });
  }

  /** Tries now, unless it is online or trying already. */
  retry(): void {
    if (this.#closed || this.#state.current.kind === "online") return;
    clearTimeout(this.#retry);
    this.#attempt ??= this.#signIn().finally(() => (this.#attempt = undefined));
  }

  /** Somebody noticed that the server is gone. */
  lost(): void {
    if (this.#closed || this.#state.current.kind !== "online") return;
    this.#token = undefined;
    this.#set({ kind: "offline" });
    this.#retryLater();
  }

  /** What sockets are opened with while it is online: renewed by the refreshes, well before it expires. */
  get currentToken(): string | undefined {
    return this.#token?.text;
  }

  /** Fresh for sure; undefined where there is none to be had. */
  async token(): Promise<string | undefined> {
    if (this.#state.current.kind !== "online") return undefined;
    if (this.#token && Date.now() - this.#token.since < TOKEN_LASTS) return this.#token.text;
    const signedIn = await this.#api.signIn(this.#cache.signer);
    if (signedIn.ok) return this.#keep(signedIn.value.token);
    this.lost();
    return undefined;
  }

  /** Resolves when it is known whether the server can be reached. */
  async tried(): Promise<void> {
    while (this.#attempt) await this.#attempt;
  }

  /** The server did not take the token: the next one is new. */
  forgetToken(): void {
    this.#token = undefined;
  }

  /**
   * A room's socket is in: from here on the server tells of changes of membership by itself. What changed
   * between signing in and now is asked for once.
   */
  listening(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#failures = 0;
    void this.refresh();
  }

  /**
   * Delivers what waits and asks who belongs. Where nobody answers, the server is gone. Asked for while one
   * is on its way, there is one more after it, however many ask.
   */
  refresh(): Promise<void> {
    const [current, next] = this.#refreshes;
    if (next) return next;
    const mine = (current ?? Promise.resolve())
      .then(() => this.#refreshNow())
      .finally(() => void this.#refreshes.shift());
    this.#refreshes.push(mine);
    return mine;
  }

  async #refreshNow(): Promise<void> {
    if (this.#state.current.kind !== "online") return;
    const delivered = await this.#deliver();
    const token = delivered.ok ? await this.token() : undefined;
    if (token === undefined) return this.lost();
    const entries = await this.#api.entries(token);
    if (entries.ok) await this.#cache.serverHas(entries.value);
    else this.lost();
  }

  async #signIn(): Promise<void> {
    const problem = await this.#tryAll().catch(() => UNREACHABLE);
    if (this.#closed) return;
    if (problem === undefined) {
      this.#listening = false;
      this.#events.registered();
      this.#set({ kind: "online" });
      // Made while the others were on their way.
      if (this.#cache.queue.length > 0) void this.refresh();
      return;
    }
    if (!PASSING.has(problem.code)) return this.#set({ kind: "refused", reason: problem.code });
    this.told(problem);
    this.#set({ kind: "offline" });
    this.#retryLater();
  }

  /** Signing in alone is no success: a room has to be in before the waits start from the shortest again. */
  #retryLater(): void {
    const wait = backoff(this.#failures++, LONGEST_WAIT, Math.random());
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.retry(), wait);
  }

  /** Why it did not come about, or undefined. */
  async #tryAll(): Promise<Refused | undefined> {
    const delivered = await this.#deliver();
    if (!delivered.ok) return delivered;
    let signedIn = await this.#api.signIn(this.#cache.signer);
    const lost = !signedIn.ok && signedIn.code === "workspace-unknown";
    if (!signedIn.ok && this.#mayHaveBeenForgotten(signedIn.code)) {
      const again = await this.#api.deliver(this.#cache.entries);
      if (!again.ok) return again;
      signedIn = await this.#api.signIn(this.#cache.signer);
    }
    if (!signedIn.ok) return signedIn;
    const { generation } = signedIn.value;
    const before = this.#cache.generation;
    if (lost) await this.#events.wiped();
    else if (before !== undefined && generation !== undefined && generation !== before) {
      // What was told to a later life of its data may be news to it.
      const again = await this.#api.deliver(this.#cache.entries);
      if (!again.ok) return again;
      await this.#events.wiped();
    }
    await this.#cache.met(generation);
    const entries = await this.#api.entries(this.#keep(signedIn.value.token));
    if (!entries.ok) return entries;
    await this.#cache.serverHas(entries.value);
    return undefined;
  }

  /** A server whose data was lost or restored may not know the workspace, or this member, any more. */
  #mayHaveBeenForgotten(code: string): boolean {
    if (this.#cache.entries.length === 0) return false;
    return (
      code === "workspace-unknown" || (code === "not-a-member" && this.#cache.me !== undefined)
    );
  }

  async #deliver(): Promise<Asked<void>> {
    const { queue } = this.#cache;
    if (queue.length === 0) return { ok: true, value: undefined };
    const delivered = await this.#api.deliver(queue);
    if (!delivered.ok) return delivered;
    await this.#cache.delivered(queue, delivered.value.refused);
    return { ok: true, value: undefined };
  }

  #keep(text: string): string {
    this.#token = { text, since: Date.now() };
    return text;
  }

  #set(state: LinkState): void {
    if (state.kind !== this.#state.current.kind || state.kind === "refused") this.#state.set(state);
  }
}

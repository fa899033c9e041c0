/**
 * Which of a room's changes the server has not yet said to be durable. Counts messages of one connection:
 * the server acknowledges "the first n of yours". Every content message stands for all changes that the
 * document held when it was sent, since the first of a connection carries whatever the server lacked.
 */

export interface Change<Id> {
  /** Its name in the log, once it is there. */
  id: Id | undefined;
  acknowledged: boolean;
}

export class Ledger<Id> {
  #open: { readonly order: number; readonly change: Change<Id> }[] = [];
  #lastOrder = 0;
  /** For each content message of this connection that is not acknowledged, the last change it covers. */
  #sent: number[] = [];
  #acknowledgedMessages = 0;

  get size(): number {
    return this.#open.length;
  }

  /** How many changes are neither acknowledged nor in the log. */
  get unkept(): number {
    return this.#open.filter(({ change }) => change.id === undefined).length;
  }

  /** The document has one more change. */
  add(id?: Id): Change<Id> {
    const change = { id, acknowledged: false };
    this.#open.push({ order: ++this.#lastOrder, change });
    return change;
  }

  /** A content message went out. */
  messageSent(): void {
    this.#sent.push(this.#lastOrder);
  }

  /** The first `count` content messages of this connection are durable; gives back what that settles. */
  messagesDurable(count: number): Change<Id>[] {
    const settled = Math.min(count - this.#acknowledgedMessages, this.#sent.length);
    if (settled <= 0) return [];
    const covered = this.#sent[settled - 1] ?? 0;
    this.#sent = this.#sent.slice(settled);
    this.#acknowledgedMessages += settled;
    return this.#settle(({ order }) => order <= covered);
  }

  /** Somebody else had these acknowledged: another tab of this browser. */
  acknowledgedElsewhere(ids: ReadonlySet<Id>): void {
    this.#settle(({ change }) => change.id !== undefined && ids.has(change.id));
  }

  /** A new connection counts from nought; what was not acknowledged is sent again. */
  connectionEnded(): void {
    this.#sent = [];
    this.#acknowledgedMessages = 0;
  }

  clear(): void {
    this.#settle(() => true);
  }

  #settle(isSettled: (entry: { order: number; change: Change<Id> }) => boolean): Change<Id>[] {
    const settled = this.#open.filter(isSettled);
    if (settled.length === 0) return [];
    this.#open = this.#open.filter((entry) => !isSettled(entry));
    for (const { change } of settled) change.acknowledged = true;
    return settled.map(({ change }) => change);
  }
}

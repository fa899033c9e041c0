import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ledger } from "./ledger.ts";

describe("the ledger of changes", () => {
  it("settles a change only when a message that was sent after it is durable", () => {
    const ledger = new Ledger<number>();
    ledger.add(1);
    ledger.messageSent();
    ledger.add(2);
    expect(ledger.messagesDurable(1).map(({ id }) => id)).toEqual([1]);
    expect(ledger.size).toBe(1);
    ledger.messageSent();
    expect(ledger.messagesDurable(1)).toEqual([]);
    expect(ledger.messagesDurable(2).map(({ id }) => id)).toEqual([2]);
    expect(ledger.size).toBe(0);
  });

  it("counts from nought on a new connection", () => {
    const ledger = new Ledger<number>();
    ledger.add(1);
    ledger.messageSent();
    ledger.connectionEnded();
    expect(ledger.messagesDurable(1)).toEqual([]);
    ledger.messageSent();
    expect(ledger.messagesDurable(1)).toHaveLength(1);
  });

  it("forgets what another tab had acknowledged", () => {
    const ledger = new Ledger<number>();
    ledger.add(1);
    const unnamed = ledger.add();
    ledger.acknowledgedElsewhere(new Set([1, 7]));
    expect(ledger.size).toBe(1);
    expect(unnamed.acknowledged).toBe(false);
  });

  it("never settles more than was sent before the acknowledged message, whatever the order", () => {
    const act = fc.oneof(
      fc.constant("add" as const),
      fc.constant("send" as const),
      fc.constant("end" as const),
      fc.nat(6),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const ledger = new Ledger<number>();
        let [added, acknowledged] = [0, 0];
        let sent: number[] = [];
        let durable = 0;
        for (const one of acts) {
          if (one === "add") ledger.add(++added);
          else if (one === "send") {
            ledger.messageSent();
            sent.push(added);
          } else if (one === "end") {
            ledger.connectionEnded();
            [sent, durable] = [[], 0];
          } else {
            durable = Math.min(sent.length, Math.max(durable, one));
            acknowledged = Math.max(acknowledged, durable > 0 ? (sent[durable - 1] ?? 0) : 0);
            ledger.messagesDurable(one);
          }
          expect(ledger.size).toBe(added - acknowledged);
        }
      }),
    );
  });
});

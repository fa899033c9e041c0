// What is said of names whose values hurt whoever looks at them.
import { expect, it } from "vitest";
import { Names } from "./names.ts";

it("finds what training changed beside values that cannot be looked through", () => {
  const boom = (): never => {
    throw new Error("no");
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const names = new Names();
  const model = { weights: 1 };
  const odd = Object.defineProperty({}, "constructor", { get: boom });
  const hurting = { proxy: () => proxy, trap: () => new Proxy([], { get: boom }), odd: () => odd };
  names.define("hurting", hurting, 1, {});
  names.define("model", { model: () => model, make: () => () => model }, 2, {
    mentions: { make: ["model"] },
  });
  expect(names.changedWith(new Set([model]), "trainer", () => undefined)).toEqual([
    "model",
    "make",
  ]);
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";

it("reads back what it wrote, in letters that need no escaping in a URL", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64url(bytes);
      expect(text).toBe(encodeURIComponent(text));
      expect(decodeBase64url(text)).toEqual(bytes);
    }),
  );
});

it("takes only one spelling for the same bytes", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const bytes = decodeBase64url(text);
      expect(bytes === undefined || encodeBase64url(bytes) === text).toBe(true);
    }),
  );
  expect(decodeBase64url("AQ")).toEqual(new Uint8Array([1]));
  expect(decodeBase64url("AR")).toBeUndefined();
  expect(decodeBase64url("AQ==")).toBeUndefined();
});

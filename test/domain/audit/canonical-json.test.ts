import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/domain/audit/canonical-json.ts";
import { DomainError } from "../../../src/domain/errors.ts";

describe("canonical JSON", () => {
  it("orders keys by their UTF-16 code units, as in section 3.2.3 of RFC 8785", () => {
    // The emoji's first code unit is D83D and comes before FB33, though its code point is larger.
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, ö: 7 };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  it("writes numbers as ECMAScript does, and no blanks", () => {
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      "[333333333.3333333,1e+30,4.5,0.002,1e-27,0]",
    );
    expect(canonicalJson({ b: [true, null, { z: 'a\u000f\n"\\', a: "€" }], a: {} })).toBe(
      '{"a":{},"b":[true,null,{"a":"€","z":"a\\u000f\\n\\"\\\\"}]}',
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, "\ud800", { "\udc00": 1 }])(
    "has no text for %j",
    (value) => {
      expect(() => canonicalJson(value)).toThrow(DomainError);
    },
  );
});

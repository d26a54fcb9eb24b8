import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafeJson } from "../../src/entry/safe-json.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("JSON from outside", () => {
  it("is what the language would read, for whatever is written without tricks", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 7 }), (text) => {
        const read = readSafeJson(bytes(text));
        if (/__proto__|constructor/.test(text)) return;
        expect(read).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it("may start with a byte order mark, as some Windows gateways write it", () => {
    expect(readSafeJson(bytes('\ufeff{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
  });

  it.each([
    ["names the prototype", '{"__proto__":{"x":1}}'],
    ["names it deep inside", '{"values":[{"__proto__":1}]}'],
    ["names it with escapes", '{"\\u005f_proto_\\u005f":{"x":1}}'],
    ["reaches for the constructor", '{"constructor":{"prototype":{"x":1}}}'],
    ["reaches for it with escapes", '{"\\u0063onstructor":{"prototype":{"x":1}}}'],
    ["is cut off", '{"ts":1,'],
    ["is empty", ""],
    ["holds NaN", '{"a":NaN}'],
    ["nests nine deep", `${"[".repeat(9)}${"]".repeat(9)}`],
    ["opens 200,000 brackets", "[".repeat(200_000)],
  ])("is refused when it %s", (_what, text) => {
    const read = readSafeJson(bytes(text));
    expect(read).toMatchObject({ ok: false, code: "json" });
    expect(JSON.stringify(read).length).toBeLessThan(400);
  });

  it("is refused when it is GBK, saying that UTF-8 is wanted", () => {
    // 电 and 能 in GBK.
    const gbk = Uint8Array.from([0x22, 0xb5, 0xe7, 0xc4, 0xdc, 0x22]);
    expect(readSafeJson(gbk)).toMatchObject({
      code: "json",
      detail: expect.stringContaining("UTF-8"),
    });
  });

  it("may nest eight deep and hold brackets in texts without limit", () => {
    const value = { a: `${"[".repeat(100)}"` };
    expect(readSafeJson(bytes(JSON.stringify(value)))).toEqual({ ok: true, value });
    expect(readSafeJson(bytes(`${"[".repeat(8)}${"]".repeat(8)}`)).ok).toBe(true);
  });

  it("is refused beyond 256 KiB, whatever it is", () => {
    expect(readSafeJson(new Uint8Array(256 * 1024 + 1))).toMatchObject({ code: "too_large" });
  });
});

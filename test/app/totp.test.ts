import { describe, expect, it } from "vitest";
import { isPassword, passwordHash, requireStrongPassword } from "../../src/app/passwords.ts";
import { base32, newTotpKey, totpCode, totpStepOf, totpUri } from "../../src/app/totp.ts";

/** Key of the table in appendix B of RFC 6238, which shows codes of eight digits. */
const key = base32(Buffer.from("12345678901234567890"));

describe("the second factor", () => {
  it.each([
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ])("at second %i has the code of RFC 6238", (second, code) => {
    expect(totpCode(key, Math.floor(second / 30), 8)).toBe(code);
    expect(totpCode(key, Math.floor(second / 30))).toBe(code.slice(2));
  });

  it("takes the code of the step before and after, and no other", () => {
    const nowMs = 59_000;
    const steps = [-1, 0, 1, 2, 3].map((step) =>
      step < 0 ? null : totpStepOf(key, totpCode(key, step), nowMs),
    );
    expect(steps).toEqual([null, 0, 1, 2, null]);
    expect(totpStepOf(key, "000000", nowMs)).toBeNull();
  });

  it("has a key of 160 bits and an address for authenticators", () => {
    expect(key).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    expect(newTotpKey()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpKey()).not.toBe(newTotpKey());
    expect(totpUri("ABC", "li wei", "North Park")).toBe(
      "otpauth://totp/North%20Park:li%20wei?secret=ABC&issuer=North%20Park",
    );
  });
});

describe("a password", () => {
  it("is kept as a salted hash and recognised", async () => {
    const [one, other] = [await passwordHash("Ångström 7!"), await passwordHash("Ångström 7!")];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await isPassword("Ångström 7!", one)).toBe(true);
    // Written with a combining ring, as some keyboards do.
    expect(await isPassword("A\u030angstro\u0308m 7!", one)).toBe(true);
    expect(await isPassword("Ångström 7", one)).toBe(false);
    expect(await isPassword("", null)).toBe(false);
  });

  it.each([
    "short1A!",
    "alllowercaseletters".slice(0, 12),
    "Password123!",
    "Woaini5201314!",
    "zhangsan2026A",
    "aaaaaaaaaaaaaaaaaaaa",
    "Qwerty123456",
  ])("that is easy to guess is refused: %s", (password) => {
    expect(() => requireStrongPassword(password, "zhangsan")).toThrow(
      expect.objectContaining({ code: "weak_password" }),
    );
  });

  it.each(["Barley-Mill-1987", "correct horse battery staple", "青稞Mill-拉河2026"])(
    "that is hard to guess is taken: %s",
    (password) => {
      expect(() => requireStrongPassword(password, "zhangsan")).not.toThrow();
    },
  );
});

import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openVault } from "../../../src/adapters/vault/vault.ts";
import { tempDir } from "../../support/temp-dir.ts";

const key = "0f".repeat(32);

it("a secret comes back as it was, and is not the same text twice", () => {
  const vault = openVault(tempDir(), key);
  const [one, other] = [vault.seal("密码 hook", "channel:7"), vault.seal("密码 hook", "channel:7")];
  expect(one).not.toBe(other);
  expect(one).not.toContain("hook");
  expect([one, other].map((sealed) => vault.open(sealed, "channel:7"))).toEqual([
    "密码 hook",
    "密码 hook",
  ]);
});

it("a secret opens with its own key, for its own use, and unaltered only", () => {
  const dir = tempDir();
  const sealed = openVault(dir, key).seal("secret", "channel:7");
  const open =
    (text: string, use = "channel:7", other = key) =>
    () =>
      openVault(dir, other).open(text, use);
  expect(open(sealed, "channel:8")).toThrow("has been altered");
  expect(open(sealed, "channel:7", "1e".repeat(32))).toThrow("was sealed with key");
  const [form = "", id = "", nonce = "", text = "", tag = ""] = sealed.split(".");
  const changed = `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`;
  expect(open([form, id, nonce, changed, tag].join("."))).toThrow("has been altered");
  // A tag that was cut short would be easier to guess.
  expect(open([form, id, nonce, text, tag.slice(0, 6)].join("."))).toThrow("has been altered");
  expect(open("plain")).toThrow("in no known form");
});

it("without a key that is set, one is made for its owner alone and kept", () => {
  const dir = tempDir();
  const sealed = openVault(dir, null).seal("secret", "use");
  expect(statSync(join(dir, "vault.key")).mode & 0o777).toBe(0o600);
  expect(openVault(dir, null).open(sealed, "use")).toBe("secret");
  chmodSync(join(dir, "vault.key"), 0o644);
  expect(() => openVault(dir, null)).toThrow("can be read by others; run chmod 600");
});

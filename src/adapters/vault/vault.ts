import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Vault } from "../../app/vault-port.ts";

/** A secret cannot be read: it was sealed with another key, for another use, or was altered. */
class VaultError extends Error {
  override readonly name = "VaultError";
}

const keyFileName = "vault.key";
const format = "zcp1";
const cipherName = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Access for the owner alone; the lower six bits belong to everybody else. */
const ownerOnly = 0o600;
const othersMask = 0o077;

/**
 * Opens the vault with the key that is set, else with the key file of the data folder, which is made
 * at the first start. Secrets at rest are sealed with AES-256-GCM under a nonce of their own; what a
 * secret is for is bound to it, so that one cannot be put in the place of another.
 *
 * @throws {VaultError} when the key file can be read by others, or is none.
 */
export function openVault(dataDir: string, secretKey: string | null): Vault {
  const key = secretKey === null ? keyOfFile(join(dataDir, keyFileName)) : keyFrom(secretKey);
  const keyId = createHash("sha256").update(key).digest("hex").slice(0, 8);
  return {
    keyId,
    seal: (secret, use) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(use));
      const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      const parts = [nonce, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url"));
      return [format, keyId, ...parts].join(".");
    },
    open: (sealed, use) => {
      const [version, id, nonce = "", text = "", tag = ""] = sealed.split(".");
      if (version !== format) throw new VaultError(`the secret for ${use} is in no known form`);
      if (id !== keyId) {
        throw new VaultError(
          `the secret for ${use} was sealed with key ${id}, the vault has ${keyId}; set ZCP_SECRET_KEY to that key or restore ${keyFileName}`,
        );
      }
      try {
        const decipher = createDecipheriv(cipherName, key, Buffer.from(nonce, "base64url"), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(use))
          .setAuthTag(Buffer.from(tag, "base64url"));
        const parts = [decipher.update(Buffer.from(text, "base64url")), decipher.final()];
        return Buffer.concat(parts).toString("utf8");
      } catch (cause) {
        throw new VaultError(`the secret for ${use} has been altered; enter it again`, { cause });
      }
    },
  };
}

/** The setting has been checked to be 64 hex digits. */
function keyFrom(secretKey: string): Buffer {
  return Buffer.from(secretKey, "hex");
}

function keyOfFile(path: string): Buffer {
  if (!existsSync(path)) {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${randomBytes(keyBytes).toString("hex")}\n`, { mode: ownerOnly });
    // The mask of the process may have taken rights away, and none may be left for others.
    chmodSync(path, ownerOnly);
  }
  if (process.platform !== "win32" && (statSync(path).mode & othersMask) !== 0) {
    throw new VaultError(`${path} can be read by others; run chmod 600 on it`);
  }
  const text = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new VaultError(`${path} holds no key of 64 hex digits; restore it from a backup`);
  }
  return keyFrom(text);
}

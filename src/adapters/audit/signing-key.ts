import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HeadSigner } from "../../app/audit-ports.ts";
import type { Vault } from "../../app/vault-port.ts";

const sealedName = "audit-key.sealed";
const use = "audit signing key";
const keyIdChars = 16;

/** Name of the file with the public key, which those who check heads need. */
export const publicKeyName = "audit-key.pub.pem";

/**
 * The Ed25519 key that signs heads: in the data folder, sealed by the vault, never in the database.
 * It is made at the first start; its public half lies beside it for those who check.
 */
export function openSigningKey(dataDir: string, vault: Vault): HeadSigner {
  const path = join(dataDir, sealedName);
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeFileSync(path, `${vault.seal(pem, use)}\n`, { mode: 0o600 });
  }
  const privateKey = createPrivateKey(vault.open(readFileSync(path, "utf8").trim(), use));
  const publicKey = pemOf(createPublicKey(privateKey));
  writeFileSync(join(dataDir, publicKeyName), publicKey);
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
}

/** Checks signatures with a public key in PEM form. */
export function signatureCheck(publicKeyPem: string): (text: string, signature: string) => boolean {
  const key = createPublicKey(publicKeyPem);
  return (text, signature) =>
    verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
}

function keyIdOf(publicKeyPem: string): string {
  return createHash("sha256").update(publicKeyPem).digest("hex").slice(0, keyIdChars);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

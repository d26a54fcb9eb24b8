import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { HeadSigner, HeadSink } from "../../app/audit-ports.ts";
import { headText, type SignedHead } from "../../domain/audit/signed-head.ts";
import { secondMs } from "../../domain/time.ts";

/** One head a line; each line carries all that a check needs except trust in the key. */
const headsFileName = "audit-heads.jsonl";
const answerWithinMs = 10 * secondMs;

/** A head as it is sent: what was signed, the signature, and the key that made it. */
function headLine(head: SignedHead, { publicKey }: Pick<HeadSigner, "publicKey">): string {
  const signed = JSON.parse(headText(head)) as object;
  return JSON.stringify({
    ...signed,
    keyId: head.keyId,
    signature: head.signature,
    publicKey,
  });
}

/** Adds each head to a file in a folder that lies outside: a share, a write-once medium. */
export function headFile(folder: string, signer: HeadSigner): HeadSink {
  const path = join(folder, headsFileName);
  return {
    name: path,
    send: async (head) => {
      await mkdir(folder, { recursive: true });
      const file = await open(path, "a");
      try {
        await file.writeFile(`${headLine(head, signer)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** Posts each head to an address that the operator of this machine does not run. */
export function headWebhook(url: string, signer: HeadSigner): HeadSink {
  return {
    name: new URL(url).host,
    send: async (head) => {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(answerWithinMs),
        headers: { "content-type": "application/json" },
        body: headLine(head, signer),
      });
      // The answer is not needed; reading it lets the connection be used again.
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
    },
  };
}

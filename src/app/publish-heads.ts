import {
  type AuditDigest,
  type AuditEntry,
  bytesOf,
  entryText,
  hexOf,
} from "../domain/audit/audit-entry.ts";
import { merkleRoot } from "../domain/audit/merkle-tree.ts";
import { headText, type SealedDay } from "../domain/audit/signed-head.ts";
import { servicePrincipal } from "../domain/principal.ts";
import { dayMs, localDate, localStartMs } from "../domain/time.ts";
import { auditNote } from "./audit-note.ts";
import { type AuditStore, auditHash, type HeadSigner, type HeadSink } from "./audit-ports.ts";
import { type Clock, UnavailableError } from "./ports.ts";

export interface PublishHeadsDependencies {
  readonly audit: AuditStore;
  readonly signer: HeadSigner;
  readonly sinks: readonly HeadSink[];
  readonly clock: Clock;
  readonly parkId: string;
  readonly timezone: string;
}

const pageSize = 1000;
/** Heads that are sent in one go after a place outside was away. */
const unsentMax = 1000;

/**
 * Signs where the chain ends now, unless nothing has happened since the last head, and sends what
 * the places outside do not have yet.
 *
 * @throws {UnavailableError} `heads_unsent` a place outside did not take a head; it is kept.
 */
export async function publishHead(dependencies: PublishHeadsDependencies): Promise<void> {
  const { audit } = dependencies;
  const end = await audit.end();
  const [newest] = await audit.heads({ beforeId: null, limit: 1 });
  if (end.seq > (newest?.seq ?? 0)) await addHead(dependencies, { ...end, tree: null });
  await sendHeads(dependencies);
}

/**
 * Puts the entries since the last sealed day under one root, up to the park's midnight before now.
 * The head names the last of them, so that the chain can later begin after it.
 */
export async function sealDay(dependencies: PublishHeadsDependencies): Promise<void> {
  const { audit, clock, timezone } = dependencies;
  const midnightMs = localStartMs(clock.nowMs(), "day", timezone);
  const [last] = await audit.page({ toMs: midnightMs }, 1);
  const firstSeq = ((await audit.lastDay())?.lastSeq ?? 0) + 1;
  if (last !== undefined && last.seq >= firstSeq) {
    const day = localDate(midnightMs - 1, timezone);
    const leaves = await leavesOf(audit, { firstSeq, lastSeq: last.seq });
    const root = hexOf(merkleRoot(leaves, auditHash(audit.digest)));
    const tree: SealedDay = { day, firstSeq, lastSeq: last.seq, root };
    await addHead(dependencies, { seq: last.seq, hash: last.hash, tree });
  }
  await sendHeads(dependencies);
}

/**
 * Deletes entries of sealed days that ended longer ago than they are kept. What is left still proves
 * itself: the signed head of the last deleted day says after which hash the chain goes on.
 */
export async function pruneAudit(
  { audit, clock, parkId }: PublishHeadsDependencies,
  retentionDays: number,
): Promise<number> {
  const day = await audit.sealedBefore(clock.nowMs() - retentionDays * dayMs);
  const [oldest] = await audit.after(0, 1);
  if (day === null || oldest === undefined || oldest.seq > day.lastSeq) return 0;
  const service = servicePrincipal(parkId, "audit-retention");
  await audit.prune(
    day.lastSeq,
    auditNote(service, clock, {
      action: "audit.prune",
      object: `audit:${oldest.seq}-${day.lastSeq}`,
      detail: { throughSeq: day.lastSeq, retentionDays },
    }),
  );
  return day.lastSeq - oldest.seq + 1;
}

/** The leaves of a tree: the texts of its entries, in their order. */
export async function leavesOf(
  audit: Pick<AuditStore, "after">,
  { firstSeq, lastSeq }: Pick<SealedDay, "firstSeq" | "lastSeq">,
): Promise<readonly Uint8Array[]> {
  const leaves: Uint8Array[] = [];
  let seq = firstSeq - 1;
  while (seq < lastSeq) {
    const page: readonly AuditEntry[] = await audit.after(seq, Math.min(pageSize, lastSeq - seq));
    if (page.length === 0) break;
    leaves.push(...page.map((entry) => bytesOf(entryText(entry))));
    seq = page.at(-1)?.seq ?? lastSeq;
  }
  return leaves;
}

async function addHead(
  { audit, signer, clock, parkId }: PublishHeadsDependencies,
  what: { readonly seq: number; readonly hash: string; readonly tree: SealedDay | null },
): Promise<void> {
  const { seq, hash, tree } = what;
  const digest: AuditDigest = audit.digest;
  const head = { parkId, seq, hash, digest, atMs: clock.nowMs(), tree };
  await audit.addHead({ ...head, keyId: signer.keyId, signature: signer.sign(headText(head)) });
}

/** One place after the other; a head counts as sent when every place has it. */
async function sendHeads({ audit, sinks, clock }: PublishHeadsDependencies): Promise<void> {
  if (sinks.length === 0) return;
  for (const head of await audit.unsentHeads(unsentMax)) {
    for (const sink of sinks) {
      try {
        await sink.send(head);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new UnavailableError(`${sink.name} did not take audit head ${head.id}: ${reason}`, {
          cause,
          code: "heads_unsent",
        });
      }
    }
    await audit.headSent(head.id, clock.nowMs());
  }
}

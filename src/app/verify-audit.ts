import {
  type AuditEntry,
  bytesOf,
  type ChainEnd,
  chainOrigin,
  entryText,
  hexOf,
  linkHash,
} from "../domain/audit/audit-entry.ts";
import { merkleRoot } from "../domain/audit/merkle-tree.ts";
import { headText, type SignedHead } from "../domain/audit/signed-head.ts";
import { type AuditStore, auditHash } from "./audit-ports.ts";

/**
 * What does not fit: `changed` an entry was altered, `missing` entries are gone, `rewritten` an entry
 * is not the one of a signed head, `cut` entries behind the end or behind a head are gone, `start`
 * the chain begins where no signed head and no pruning explains it, `root` a day's entries do not
 * lead to its root, `signature` a head was not signed by this key.
 */
export type AuditFaultKind =
  | "changed"
  | "missing"
  | "rewritten"
  | "cut"
  | "start"
  | "root"
  | "signature";

export interface AuditFault {
  readonly kind: AuditFaultKind;
  /** The entry, or the entry of the head. */
  readonly seq: number;
}

export interface AuditVerdict {
  readonly ok: boolean;
  readonly entries: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number;
  readonly lastHash: string;
  readonly headsChecked: number;
  /** In the order of the chain; after the first many no more are gathered. */
  readonly faults: readonly AuditFault[];
}

export interface VerifyAuditParts {
  readonly audit: Pick<AuditStore, "after" | "end" | "heads">;
  /** Heads that were published outside, beside those in the database. */
  readonly published: readonly SignedHead[];
  /** Whether the signature of a head's text is from the key that is trusted. */
  readonly isSigned: (text: string, signature: string) => boolean;
}

const pageSize = 1000;
const faultsMax = 100;

/**
 * Walks the whole chain and holds it against every signed head: one changed byte, one deleted row
 * and a chain that was rewritten behind a published head are each found.
 */
export async function verifyAudit(parts: VerifyAuditParts): Promise<AuditVerdict> {
  const { audit, published, isSigned } = parts;
  // The end is read first: entries that come during the walk lie beyond it.
  const end = await audit.end();
  const heads = [...published, ...(await storedHeads(audit))];
  const walk = new ChainWalk(heads.filter((head) => isSigned(headText(head), head.signature)));
  for (const head of heads) {
    if (!isSigned(headText(head), head.signature)) walk.fault("signature", head.seq);
  }
  let seq = 0;
  for (;;) {
    const page = await audit.after(seq, pageSize);
    for (const entry of page) walk.step(entry);
    if (page.length < pageSize) break;
    seq = page.at(-1)?.seq ?? seq;
  }
  return walk.verdict(end, heads.length);
}

async function storedHeads(audit: VerifyAuditParts["audit"]): Promise<readonly SignedHead[]> {
  const heads: SignedHead[] = [];
  let beforeId: number | null = null;
  for (;;) {
    const page = await audit.heads({ beforeId, limit: pageSize });
    heads.push(...page);
    if (page.length < pageSize) return heads;
    beforeId = page.at(-1)?.id ?? null;
  }
}

class ChainWalk {
  readonly #heads = new Map<number, SignedHead[]>();
  readonly #trees: readonly SignedHead[];
  readonly #faults: AuditFault[] = [];
  #leaves: Uint8Array[] = [];
  #treeIndex = 0;
  #last: ChainEnd = chainOrigin;
  #firstSeq: number | null = null;
  #entries = 0;
  /** The end of the last pruning that the chain tells of. */
  #prunedThrough = 0;

  constructor(heads: readonly SignedHead[]) {
    for (const head of heads) {
      this.#heads.set(head.seq, [...(this.#heads.get(head.seq) ?? []), head]);
    }
    const byFirst = new Map(
      heads.flatMap((head) => (head.tree === null ? [] : [[head.tree.firstSeq, head] as const])),
    );
    this.#trees = [...byFirst.values()].sort(
      (a, b) => (a.tree?.firstSeq ?? 0) - (b.tree?.firstSeq ?? 0),
    );
  }

  fault(kind: AuditFaultKind, seq: number): void {
    if (this.#faults.length < faultsMax) this.#faults.push({ kind, seq });
  }

  step(entry: AuditEntry): void {
    if (this.#firstSeq === null) this.#begin(entry);
    else if (entry.seq !== this.#last.seq + 1) this.fault("missing", this.#last.seq + 1);
    // After a gap the hash before is unknown; that something is missing has been said.
    const isNext = entry.seq === this.#last.seq + 1;
    if (isNext && !isLinked(entry, this.#last.hash)) this.fault("changed", entry.seq);
    for (const head of this.#heads.get(entry.seq) ?? []) {
      if (head.hash !== entry.hash) this.fault("rewritten", entry.seq);
    }
    if (entry.action === "audit.prune") this.#notePruning(entry);
    this.#growTree(entry);
    this.#last = entry;
    this.#entries += 1;
  }

  verdict(end: ChainEnd, headsChecked: number): AuditVerdict {
    const lastSeq = this.#last.seq;
    if (end.seq > lastSeq) this.fault("cut", lastSeq + 1);
    else if (end.seq === lastSeq && end.hash !== this.#last.hash) this.fault("rewritten", lastSeq);
    const beyond = [...this.#heads.keys()].filter((seq) => seq > lastSeq);
    if (beyond.length > 0) this.fault("cut", Math.max(...beyond));
    const startSeq = (this.#firstSeq ?? 1) - 1;
    if (startSeq > 0 && this.#prunedThrough < startSeq) this.fault("start", startSeq + 1);
    const faults = [...this.#faults].sort((a, b) => a.seq - b.seq);
    return {
      ...{ ok: faults.length === 0, entries: this.#entries, firstSeq: this.#firstSeq },
      ...{ lastSeq, lastHash: this.#last.hash, headsChecked, faults },
    };
  }

  /** A chain whose beginning was pruned goes on from the head of the last pruned entry. */
  #begin(entry: AuditEntry): void {
    this.#firstSeq = entry.seq;
    if (entry.seq === 1) return;
    const [before] = this.#heads.get(entry.seq - 1) ?? [];
    if (before === undefined) this.fault("start", entry.seq);
    else this.#last = { seq: before.seq, hash: before.hash };
  }

  #notePruning({ detail }: AuditEntry): void {
    const { throughSeq } = JSON.parse(detail ?? "{}") as { throughSeq?: number };
    this.#prunedThrough = Math.max(this.#prunedThrough, throughSeq ?? 0);
  }

  #growTree(entry: AuditEntry): void {
    // Trees of pruned days have no leaves any more.
    while ((this.#trees[this.#treeIndex]?.tree?.lastSeq ?? Number.POSITIVE_INFINITY) < entry.seq) {
      this.#treeIndex += 1;
      this.#leaves = [];
    }
    const head = this.#trees[this.#treeIndex];
    const tree = head?.tree;
    if (head === undefined || tree === null || tree === undefined) return;
    if (entry.seq < tree.firstSeq) return;
    this.#leaves.push(bytesOf(entryText(entry)));
    if (entry.seq < tree.lastSeq) return;
    const isWhole = this.#leaves.length === tree.lastSeq - tree.firstSeq + 1;
    const root = hexOf(merkleRoot(this.#leaves, auditHash(head.digest)));
    if (!isWhole || root !== tree.root) this.fault("root", tree.lastSeq);
    this.#leaves = [];
    this.#treeIndex += 1;
  }
}

/** Whether the entry's hash follows from its content and from the hash before it. */
function isLinked(entry: AuditEntry, previousHash: string): boolean {
  try {
    return linkHash(entry, previousHash, auditHash(entry.digest)) === entry.hash;
  } catch {
    // A digest that nobody knows, or an instant that is none: somebody wrote into the row.
    return false;
  }
}

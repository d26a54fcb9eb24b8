import type { Journal, JournalBatch, JournalState } from "../../app/ports.ts";

/** Twin of the journal in memory, for tests: every entry is a batch of its own. */
export class MemoryJournal implements Journal {
  readonly #listeners = new Set<() => void>();
  #batches: JournalBatch[] = [];
  #headSeq = 0;
  #floorSeq = 0;

  async append(entry: Omit<JournalBatch, "seq">): Promise<void> {
    this.#headSeq += 1;
    this.#batches.push({ seq: this.#headSeq, ...entry });
    for (const listener of this.#listeners) listener();
  }

  async read(afterSeq: number, readingsMax: number): Promise<readonly JournalBatch[]> {
    const taken: JournalBatch[] = [];
    let readings = 0;
    for (const batch of this.#batches) {
      if (batch.seq <= afterSeq) continue;
      if (taken.length > 0 && readings + batch.readings.length > readingsMax) break;
      taken.push(batch);
      readings += batch.readings.length;
    }
    return taken;
  }

  async readingsAfter(afterSeq: number): Promise<number> {
    return this.#batches
      .filter(({ seq }) => seq > afterSeq)
      .reduce((sum, { readings, quarantined }) => sum + readings.length + quarantined.length, 0);
  }

  async trim(throughSeq: number): Promise<void> {
    this.#batches = this.#batches.filter(({ seq }) => seq > throughSeq);
    this.#floorSeq = Math.max(this.#floorSeq, throughSeq);
  }

  state(): JournalState {
    return {
      headSeq: this.#headSeq,
      floorSeq: this.#floorSeq,
      bytes: 0,
      bytesMax: 1,
      problem: null,
    };
  }

  async continueAfter(seq: number): Promise<void> {
    if (this.#headSeq >= seq) return;
    this.#headSeq = seq;
    this.#floorSeq = seq;
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}

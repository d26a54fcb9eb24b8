import { randomBytes } from "node:crypto";
import type { Audience, PartNews, SlotNews } from "./live-news.ts";

/** A piece of news with its place in the stream; slot news are for whoever may see the meters. */
export interface Noted {
  readonly seq: number;
  readonly audience: Audience | "meters";
  readonly news: SlotNews | PartNews;
}

/** Pieces of news that a returning stream can catch up on. */
const notedMax = 500;

/**
 * What has happened, in order. Of devices only the place of their newest change is kept, because a
 * reader that was away wants their newest values and no others; so the log is bounded.
 */
export class LiveLog {
  // Ids of an earlier start must not look like ours, because sequences begin again.
  readonly #run = randomBytes(6).toString("base64url");
  readonly #changedSeq = new Map<string, number>();
  readonly #noted: Noted[] = [];
  #seq = 0;
  #forgottenSeq = 0;

  get seq(): number {
    return this.#seq;
  }

  note(news: Noted["news"], audience: Noted["audience"]): void {
    this.#seq += 1;
    this.#noted.push({ seq: this.#seq, audience, news });
    if (this.#noted.length > notedMax) this.#forgottenSeq = this.#noted.shift()?.seq ?? 0;
  }

  devicesChanged(ids: ReadonlySet<string>): void {
    if (ids.size === 0) return;
    this.#seq += 1;
    for (const id of ids) this.#changedSeq.set(id, this.#seq);
  }

  /** Whether everything after this place is still known. */
  isWholeAfter(seq: number): boolean {
    return seq >= this.#forgottenSeq;
  }

  notedAfter(seq: number): readonly Noted[] {
    return this.#noted.filter((noted) => noted.seq > seq);
  }

  changedAfter(seq: number): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const [id, changedSeq] of this.#changedSeq) if (changedSeq > seq) ids.add(id);
    return ids;
  }

  idOf(seq: number): string {
    return `${this.#run}.${seq}`;
  }

  /** The place that an id names; null when it is none of this run. */
  seqOf(id: string): number | null {
    const [, run, digits] = /^([\w-]{8})\.(\d{1,15})$/.exec(id) ?? [];
    const seq = Number(digits);
    return run === this.#run && seq <= this.#seq ? seq : null;
  }
}

import type { Range } from "./ranges.ts";

/** What a gateway has delivered and what it still owes. */
export interface GatewayAccount {
  /** Everything before this instant is delivered, or stands in `missing`. */
  throughMs: number;
  readonly missing: Range[];
}

/** A piece of work for a gateway. */
export interface DeliveryTask {
  readonly gatewayId: string;
  readonly range: Range;
}

/** Remembers for each gateway what has been acknowledged, so that a restart sends the rest only. */
export class DeliveryBook {
  readonly #accounts = new Map<string, GatewayAccount>();
  readonly #underWay = new Set<Range>();
  readonly #newestFirst: boolean;

  constructor(newestFirst: boolean) {
    this.#newestFirst = newestFirst;
  }

  open(gatewayId: string, account: GatewayAccount): void {
    this.#accounts.set(gatewayId, account);
  }

  account(gatewayId: string): GatewayAccount | undefined {
    return this.#accounts.get(gatewayId);
  }

  owe(gatewayId: string, ranges: readonly Range[]): void {
    this.#accounts.get(gatewayId)?.missing.push(...ranges);
  }

  /**
   * The piece of work that is most wanted, of a gateway that nobody works for; null when there is
   * none. The pieces of a gateway follow each other, or a later one might overtake an earlier one.
   */
  take(): DeliveryTask | null {
    let best: DeliveryTask | null = null;
    for (const [gatewayId, { missing }] of this.#accounts) {
      if (missing.some((range) => this.#underWay.has(range))) continue;
      for (const range of missing) {
        if (best === null || this.#isBefore(range, best.range)) best = { gatewayId, range };
      }
    }
    if (best !== null) this.#underWay.add(best.range);
    return best;
  }

  done({ gatewayId, range }: DeliveryTask): void {
    this.#underWay.delete(range);
    const missing = this.#accounts.get(gatewayId)?.missing ?? [];
    const place = missing.indexOf(range);
    if (place >= 0) missing.splice(place, 1);
  }

  giveBack({ range }: DeliveryTask): void {
    this.#underWay.delete(range);
  }

  get openTaskCount(): number {
    let count = 0;
    for (const { missing } of this.#accounts.values()) count += missing.length;
    return count;
  }

  /** Earliest instant that has still to be delivered. */
  get neededFromMs(): number {
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const { throughMs, missing } of this.#accounts.values()) {
      earliestMs = Math.min(earliestMs, throughMs, ...missing.map(({ fromMs }) => fromMs));
    }
    return earliestMs;
  }

  entries(): Readonly<Record<string, GatewayAccount>> {
    return Object.fromEntries(this.#accounts);
  }

  #isBefore(range: Range, other: Range): boolean {
    return this.#newestFirst ? range.toMs > other.toMs : range.toMs < other.toMs;
  }
}

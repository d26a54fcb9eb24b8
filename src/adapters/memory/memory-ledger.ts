import type { DaySum, SlotQuality, SlotSum } from "../../app/ledger-ports.ts";
import {
  type DropTask,
  type DropTasks,
  dropTaskId,
  type JudgedSpan,
} from "../../app/meter-ports.ts";
import type { Ledger, LedgerChange, RecordedChange, SlotQuery } from "../../app/ports.ts";
import { ParkDays } from "../../domain/energy/park-days.ts";
import { worse } from "../../domain/telemetry/close-slots.ts";
import {
  type Grade,
  isSameFigure,
  type LedgerSlot,
  type Slot,
} from "../../domain/telemetry/slot.ts";
import type { RecordedTouch, Touch, TouchKind } from "../../domain/telemetry/touch.ts";
import { quarterHourMs } from "../../domain/time.ts";
import { daySums } from "./memory-days.ts";

/** Twin of the ledger in memory, for tests; it forgets everything with the process. */
export class MemoryLedger implements Ledger, DropTasks {
  /** All revisions of each slot, oldest first. */
  readonly #slots = new Map<string, LedgerSlot[]>();
  readonly #touches = new Map<string, RecordedTouch>();
  readonly #days: ParkDays;
  readonly #tasks = new Map<string, DropTask>();
  #seq = 0;

  constructor(timezone = "Asia/Shanghai") {
    this.#days = new ParkDays(timezone);
  }

  async cursor(): Promise<number> {
    return this.#seq;
  }

  async touch(seq: number, touches: readonly Touch[]): Promise<void> {
    for (const touch of touches) this.#addTouch(touch);
    this.#seq = seq;
  }

  async touched(kind: TouchKind, touchesMax: number): Promise<readonly RecordedTouch[]> {
    return [...this.#touches.values()]
      .filter((touch) => touch.kind === kind)
      .sort((a, b) => b.toMs - a.toMs || a.meterId.localeCompare(b.meterId))
      .slice(0, touchesMax);
  }

  async touchedSlotCount(): Promise<number> {
    let slots = 0;
    for (const { fromMs, toMs } of this.#touches.values()) slots += (toMs - fromMs) / quarterHourMs;
    return slots;
  }

  async record(
    changes: readonly LedgerChange[],
    settled: readonly RecordedTouch[],
    opened: readonly Touch[] = [],
  ): Promise<RecordedChange> {
    const revisions = changes.flatMap((change) =>
      change.slots.map((slot) => this.#revise(slot, change)),
    );
    const written = revisions.filter((revision) => revision > 0).length;
    const revised = revisions.filter((revision) => revision > 1).length;
    for (const { judged = [], knownAtMs } of changes) {
      for (const span of judged) this.#judge(span, knownAtMs);
    }
    for (const touch of settled) {
      const key = keyOf(touch);
      if (this.#touches.get(key)?.stamp === touch.stamp) this.#touches.delete(key);
    }
    for (const touch of opened) this.#addTouch(touch);
    return { written, revised };
  }

  async slots(query: SlotQuery): Promise<readonly LedgerSlot[]> {
    return this.#known(query).sort(
      (a, b) =>
        compare(a.meterId, b.meterId) || compare(a.register, b.register) || a.startMs - b.startMs,
    );
  }

  async sums(query: SlotQuery): Promise<readonly SlotSum[]> {
    const sums = new Map<string, SlotSum>();
    for (const slot of await this.slots(query)) {
      if (slot.amount === null) continue;
      const key = `${slot.register}/${slot.startMs}`;
      const grade: Grade = slot.grade ?? "X";
      const known = sums.get(key);
      sums.set(key, {
        register: slot.register,
        startMs: slot.startMs,
        amount: (known?.amount ?? 0) + slot.amount,
        estimatedAmount: (known?.estimatedAmount ?? 0) + slot.amount * slot.estimatedFraction,
        worstGrade: known === undefined ? grade : worse(known.worstGrade, grade),
        coverageSum: (known?.coverageSum ?? 0) + slot.coverage,
        meterCount: (known?.meterCount ?? 0) + 1,
        revisionMax: Math.max(known?.revisionMax ?? 0, slot.revision),
      });
    }
    return [...sums.values()].sort(
      (a, b) => compare(a.register, b.register) || a.startMs - b.startMs,
    );
  }

  async days(query: SlotQuery): Promise<readonly DaySum[]> {
    return daySums(await this.slots(query), this.#days);
  }

  /** Days are summed when they are asked for, so none is ever missing. */
  async fillDays(): Promise<boolean> {
    return false;
  }

  async revisions(query: SlotQuery): Promise<readonly LedgerSlot[]> {
    const { interval, meterIds } = query;
    return [...this.#slots.values()]
      .flat()
      .filter(({ meterId }) => meterIds.includes(meterId))
      .filter(({ startMs }) => startMs >= interval.startMs && startMs < interval.endMs)
      .sort((a, b) => a.startMs - b.startMs || a.revision - b.revision);
  }

  async series(): Promise<ReadonlySet<string>> {
    const all = [...this.#slots.values()].flat();
    return new Set(all.map(({ meterId, register }) => `${meterId}/${register}`));
  }

  async quality(query: SlotQuery): Promise<readonly SlotQuality[]> {
    const worst = new Map<string, Map<number, Grade>>();
    for (const { meterId, startMs, grade } of this.#known(query)) {
      const ofMeter = worst.get(meterId) ?? new Map<number, Grade>();
      worst.set(meterId, ofMeter);
      ofMeter.set(startMs, worse(ofMeter.get(startMs) ?? "A", grade ?? "X"));
    }
    return [...worst].map(([meterId, slots]) => {
      const grades = [...slots.values()];
      const measured = grades.filter((grade) => grade === "A").length;
      return { meterId, measured, estimated: grades.length - measured };
    });
  }

  async closedThroughMs(): Promise<number | null> {
    const starts = [...this.#slots.values()].map((revisions) => revisions[0]?.startMs ?? 0);
    return starts.length === 0 ? null : Math.max(...starts) + quarterHourMs;
  }

  async dropTasks(query: {
    readonly meterIds?: readonly string[];
    readonly isOpen?: boolean;
  }): Promise<readonly DropTask[]> {
    return [...this.#tasks.values()]
      .filter(({ meterId }) => query.meterIds?.includes(meterId) ?? true)
      .filter(
        ({ closedAtMs }) => query.isOpen === undefined || (closedAtMs === null) === query.isOpen,
      )
      .sort((a, b) => b.atMs - a.atMs || compare(a.id, b.id));
  }

  #judge(span: JudgedSpan, knownAtMs: number): void {
    const { meterId, register, interval, drops } = span;
    const found = new Map(drops.map((drop) => [dropTaskId(span, drop.atMs), drop]));
    for (const task of this.#tasks.values()) {
      const isInSpan =
        task.meterId === meterId &&
        task.register === register &&
        task.atMs > interval.startMs &&
        task.atMs <= interval.endMs;
      if (!isInSpan || task.closedAtMs !== null || found.has(task.id)) continue;
      this.#tasks.set(task.id, { ...task, closedAtMs: knownAtMs });
    }
    for (const [id, drop] of found) {
      const known = this.#tasks.get(id);
      const openedAtMs = known?.closedAtMs === null ? known.openedAtMs : knownAtMs;
      this.#tasks.set(id, { id, meterId, register, ...drop, openedAtMs, closedAtMs: null });
    }
  }

  /** Number of the revision that was added; 0 when the slot says what is known already. */
  #revise(slot: Slot, change: LedgerChange): number {
    const key = `${slot.meterId}/${slot.register}/${slot.startMs}`;
    const revisions = this.#slots.get(key) ?? [];
    const current = revisions.at(-1);
    if (current !== undefined && isSameFigure(current, slot)) return 0;
    const revision = revisions.length + 1;
    const reason = revision === 1 ? "first" : change.reason;
    revisions.push({ ...slot, revision, reason, knownAtMs: change.knownAtMs });
    this.#slots.set(key, revisions);
    return revision;
  }

  #addTouch(touch: Touch): void {
    const stamp = (this.#touches.get(keyOf(touch))?.stamp ?? 0) + 1;
    this.#touches.set(keyOf(touch), { ...touch, stamp });
  }

  /** The revision of each slot that was the newest at the instant asked for. */
  #known({ meterIds, interval, registers, asOfMs }: SlotQuery): LedgerSlot[] {
    return [...this.#slots.values()].flatMap((revisions) => {
      const slot = revisions.findLast(
        ({ knownAtMs }) => asOfMs === undefined || knownAtMs <= asOfMs,
      );
      if (slot === undefined || !meterIds.includes(slot.meterId)) return [];
      if (registers !== undefined && !registers.includes(slot.register)) return [];
      return slot.startMs >= interval.startMs && slot.startMs < interval.endMs ? [slot] : [];
    });
  }
}

function keyOf({ meterId, kind, fromMs, toMs }: Touch): string {
  return `${meterId}/${kind}/${fromMs}/${toMs}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

import { NotFoundError } from "../domain/errors.ts";
import { type Principal, requireParkWide } from "../domain/principal.ts";
import { isSameFigure, type Slot } from "../domain/telemetry/slot.ts";
import type { Touch } from "../domain/telemetry/touch.ts";
import { auditNote } from "./audit-note.ts";
import { type DeriveSlotsDependencies, deriveSlots } from "./derive-slots.ts";
import { type PeriodDependencies, requireAccountant } from "./manage-periods.ts";
import type { Amendment, AmendmentQuery, AmendmentState } from "./period-ports.ts";
import type { Ledger } from "./ports.ts";
import type { PageOf } from "./read-registry.ts";

export interface AmendmentDependencies extends PeriodDependencies, DeriveSlotsDependencies {
  readonly ledger: Pick<Ledger, "slots">;
}

/** What accepting would do to one register; sums of the slots that would change. */
export interface AmendmentEffect {
  readonly register: string;
  readonly slots: number;
  /** null where none of the slots has a figure. */
  readonly before: number | null;
  readonly after: number | null;
}

export async function listAmendments(
  { periods }: Pick<AmendmentDependencies, "periods">,
  principal: Principal,
  query: AmendmentQuery,
): Promise<PageOf<Amendment>> {
  requireParkWide(principal);
  const found = await periods.amendments({ ...query, limit: query.limit + 1 });
  const items = found.slice(0, query.limit);
  return { items, next: found.length > query.limit ? (items.at(-1)?.id ?? null) : null };
}

/** An amendment with what accepting it would change now, derived from the readings that are kept. */
export async function readAmendment(
  dependencies: AmendmentDependencies,
  principal: Principal,
  id: string,
): Promise<{ readonly amendment: Amendment; readonly effects: readonly AmendmentEffect[] }> {
  requireParkWide(principal);
  const amendment = await known(dependencies, id);
  const isWaiting = amendment.state === "waiting";
  return { amendment, effects: isWaiting ? await effectsOf(dependencies, amendment) : [] };
}

/**
 * Accepts what waits, which derives its slots again, or rejects it, which leaves the ledger as it is.
 * The readings stay in either case.
 *
 * @throws {ConflictError} `amendment_decided`.
 */
export async function decideAmendment(
  dependencies: AmendmentDependencies,
  principal: Principal,
  decision: {
    readonly id: string;
    readonly state: Exclude<AmendmentState, "waiting">;
    readonly reason: string;
  },
): Promise<Amendment> {
  requireAccountant(principal);
  await known(dependencies, decision.id);
  const atMs = dependencies.clock.nowMs();
  const taken = { ...decision, actor: principal.id, atMs };
  const verb = decision.state === "accepted" ? "accept" : "reject";
  const deed = { action: `amendment.${verb}`, object: `amendment:${decision.id}`, after: taken };
  await dependencies.periods.decide(taken, auditNote(principal, dependencies.clock, deed));
  dependencies.onTouched();
  return known(dependencies, decision.id);
}

async function known(
  { periods }: Pick<AmendmentDependencies, "periods">,
  id: string,
): Promise<Amendment> {
  const amendment = await periods.amendment(id);
  if (amendment !== null) return amendment;
  throw new NotFoundError("not_found", `there is no amendment ${id}`, {
    remedy: "GET /api/v1/amendments lists what there is",
  });
}

async function effectsOf(
  dependencies: AmendmentDependencies,
  { meterId, interval, reason }: Amendment,
): Promise<AmendmentEffect[]> {
  const kind = dependencies.meter(meterId)?.kind;
  if (kind === undefined) return [];
  const { startMs: fromMs, endMs: toMs } = interval;
  const touch: Touch = { meterId, fromMs, toMs, reason, kind: "amendment" };
  const derived = await deriveSlots(dependencies, kind, [touch]);
  const slots = derived.flatMap((one) => one.slots);
  const recorded = await dependencies.ledger.slots({ meterIds: [meterId], interval });
  const before = new Map(recorded.map((slot) => [keyOf(slot), slot]));
  const effects = new Map<string, AmendmentEffect>();
  for (const after of slots) {
    const current = before.get(keyOf(after));
    if (current !== undefined && isSameFigure(current, after)) continue;
    const sum = effects.get(after.register);
    effects.set(after.register, {
      register: after.register,
      slots: (sum?.slots ?? 0) + 1,
      before: added(sum?.before ?? null, current?.amount ?? null),
      after: added(sum?.after ?? null, after.amount),
    });
  }
  return [...effects.values()];
}

function keyOf({ register, startMs }: Pick<Slot, "register" | "startMs">): string {
  return `${register}/${startMs}`;
}

function added(sum: number | null, amount: number | null): number | null {
  return amount === null ? sum : (sum ?? 0) + amount;
}

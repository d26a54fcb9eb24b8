import { checkAgainst, checkTariff } from "../domain/energy/check-tariff.ts";
import { currentRecords, type Tariff, type TariffRecord } from "../domain/energy/tariff.ts";
import { ConflictError, DomainError } from "../domain/errors.ts";
import {
  maySeeEnterprise,
  type Principal,
  requireParkWide,
  requireRole,
} from "../domain/principal.ts";
import { auditNote } from "./audit-note.ts";
import type { Clock } from "./ports.ts";
import type { Registry } from "./registry.ts";
import type { TariffStore } from "./tariff-ports.ts";

export interface TariffDependencies {
  readonly registry: Registry;
  readonly tariffs: TariffStore;
  readonly clock: Clock;
}

/** A tariff, and whether a later revision has taken its place. */
export interface ListedTariff extends TariffRecord {
  readonly isSuperseded: boolean;
}

/** Every revision of the tariffs that the principal may see: its own, and those for everybody. */
export async function listTariffs(
  { registry, tariffs }: Pick<TariffDependencies, "registry" | "tariffs">,
  principal: Principal,
): Promise<readonly ListedTariff[]> {
  const records = await tariffs.all();
  const current = new Set(currentRecords(records));
  return records
    .filter(({ tariff }) => tariff.appliesTo.some((target) => maySee(registry, principal, target)))
    .map((record) => ({ ...record, isSuperseded: !current.has(record) }));
}

function maySee(registry: Registry, principal: Principal, target: string): boolean {
  const [kind = "", id = ""] = target.split(":");
  if (principal.enterpriseId === null || target === "*" || id === "*") return true;
  if (kind === "enterprise") return maySeeEnterprise(principal, id);
  const meter = kind === "meter" ? registry.meter(id) : undefined;
  return meter !== undefined && maySeeEnterprise(principal, meter.enterpriseId);
}

/**
 * Takes in a tariff from a day on, or the correction of one. Nothing is overwritten: bills as known
 * before the correction can still be asked for.
 *
 * @throws {ForbiddenError}; {ConflictError} `tariff_exists`; {DomainError} `tariff_hole`,
 *   `tariff_overlap`, `invalid_tariff`, `unknown_reference`.
 */
export async function addTariff(
  { registry, tariffs, clock }: TariffDependencies,
  principal: Principal,
  { tariff, correction }: { readonly tariff: Tariff; readonly correction: string | null },
): Promise<TariffRecord> {
  requireParkWide(principal);
  requireRole(principal, "manager", "sysadmin");
  checkTariff(tariff);
  for (const [index, target] of tariff.appliesTo.entries()) {
    requireTarget(registry, target, `/appliesTo/${index}`);
  }
  const current = currentRecords(await tariffs.all());
  const isSame = ({ tariff: other }: TariffRecord): boolean =>
    other.id === tariff.id && other.validFrom === tariff.validFrom;
  const known = current.find(isSame);
  requireReason(tariff, known, correction);
  checkAgainst(
    tariff,
    current.filter((record) => !isSame(record)),
  );
  const record: TariffRecord = {
    ...{ tariff, correction, revision: (known?.revision ?? 0) + 1 },
    ...{ recordedAtMs: clock.nowMs(), recordedBy: principal.id },
  };
  const deed = { action: "tariff.add", object: `tariff:${tariff.id}`, after: record };
  const before = known === undefined ? {} : { before: known };
  await tariffs.add(record, auditNote(principal, clock, { ...deed, ...before }));
  return record;
}

function requireReason(
  { id, validFrom }: Tariff,
  known: TariffRecord | undefined,
  correction: string | null,
): void {
  if (known !== undefined && correction === null) {
    throw new ConflictError("tariff_exists", `${id} from ${validFrom} on is known already`, {
      remedy: "send `correction` with the reason why it was wrong, or another first day",
      pointer: "/validFrom",
    });
  }
  if (known !== undefined || correction === null) return;
  throw new DomainError("invalid_tariff", `there is no ${id} from ${validFrom} on to correct`, {
    remedy: "leave `correction` out, or name the tariff and day that were wrong",
    pointer: "/correction",
  });
}

function requireTarget(registry: Registry, target: string, pointer: string): void {
  const [kind, id = "*"] = target.split(":");
  if (id === "*") return;
  const found = kind === "meter" ? registry.meter(id) : registry.enterprise(id);
  if (found !== undefined) return;
  throw new DomainError("unknown_reference", `there is no ${target}`, {
    remedy: "register it first, or correct the id",
    pointer,
  });
}

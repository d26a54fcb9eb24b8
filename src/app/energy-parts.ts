import type { Carrier } from "../contracts/device-kinds.ts";
import {
  type EnergyScope,
  enterpriseScope,
  meterScope,
  parkScope,
  type ScopePart,
} from "../domain/energy/energy-scope.ts";
import type { StepInput } from "../domain/energy/energy-steps.ts";
import { DomainError, NotFoundError } from "../domain/errors.ts";
import type { Meter } from "../domain/park.ts";
import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import type { SlotSum } from "./ledger-ports.ts";
import type { Registry } from "./registry.ts";

/**
 * Parts that should have a figure: the registers that a meter has ever reported, or its main one when
 * nothing has ever come from it, so that a silent meter shows as missing and not as absent.
 */
export function expectedParts(
  scope: EnergyScope,
  series: ReadonlySet<string>,
): readonly ScopePart[] {
  const reporting = new Set([...series].map((key) => key.slice(0, key.indexOf("/"))));
  const started = new Set<string>();
  return scope.parts.filter(({ meterId, register }) => {
    if (reporting.has(meterId)) return series.has(`${meterId}/${register}`);
    const isMain = !started.has(meterId);
    started.add(meterId);
    return isMain;
  });
}

export interface PartGroup {
  readonly name: string;
  readonly register: string;
  readonly meterIds: string[];
}

/** Parts that one question to the ledger answers. */
export function groupedParts(parts: readonly ScopePart[]): PartGroup[] {
  const groups = new Map<string, PartGroup>();
  for (const { meterId, register, name } of parts) {
    const key = `${name}/${register}`;
    const group = groups.get(key) ?? { name, register, meterIds: [] };
    groups.set(key, group);
    group.meterIds.push(meterId);
  }
  return [...groups.values()];
}

/** A sum of the ledger as a part of a step. */
export function stepInput(name: string, sum: SlotSum): StepInput {
  return {
    name,
    startMs: sum.startMs,
    amount: sum.amount,
    estimatedAmount: sum.estimatedAmount,
    grade: sum.worstGrade,
    coverageSum: sum.coverageSum,
    meterCount: sum.meterCount,
    revision: sum.revisionMax,
  };
}

export interface ScopeRequest {
  /** `meter:ID`, `enterprise:ID` or `park`. */
  readonly scope: string;
  /** Absent: electricity. */
  readonly carrier: Carrier | undefined;
}

/**
 * What a scope is summed from, if the principal may see it.
 *
 * @throws {NotFoundError} `not_found`; {DomainError} `invalid_scope`.
 */
export function scopeOf(
  registry: Registry,
  principal: Principal,
  request: ScopeRequest,
): EnergyScope {
  const { scope, carrier = "electricity" } = request;
  if (scope === "park") {
    if (principal.enterpriseId !== null) throw unknownScope(scope);
    return parkScope(registry.meters(), carrier);
  }
  const [, kind, id = ""] = /^(meter|enterprise):(.+)$/.exec(scope) ?? [];
  if (kind === "enterprise") {
    const known = registry.enterprise(id) !== undefined && maySeeEnterprise(principal, id);
    if (!known) throw unknownScope(scope);
    return enterpriseScope(registry.meters(), id, carrier);
  }
  if (kind === "meter") return meterScope(visibleMeter(registry, principal, id));
  throw new DomainError("invalid_scope", `${scope} is not a scope`, {
    remedy: "write meter:ID, enterprise:ID or park",
  });
}

/** The meter, if the principal may see it; another tenant's meter is not found. */
export function visibleMeter(registry: Registry, principal: Principal, id: string): Meter {
  const meter = registry.meter(id);
  if (meter === undefined || !maySeeEnterprise(principal, meter.enterpriseId)) {
    throw unknownScope(`meter:${id}`);
  }
  return meter;
}

export function unknownScope(scope: string): NotFoundError {
  return new NotFoundError("not_found", `there is no ${scope}`, {
    remedy: "GET /api/v1/meters and /api/v1/enterprises list what there is",
  });
}

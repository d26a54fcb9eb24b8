import { DomainError } from "../errors.ts";
import { clockOfMinute, minutesPerDay } from "../time.ts";
import {
  type DayType,
  dayTypes,
  endOf,
  type PriceRule,
  type Tariff,
  type TariffRecord,
} from "./tariff.ts";
import { zoneApplies, zonePieces } from "./tariff-day.ts";

/**
 * Whether a tariff says exactly one price for every minute, and every other part of it is whole.
 *
 * @throws {DomainError} `tariff_hole`, `tariff_overlap`, `invalid_tariff`, each with a pointer.
 */
export function checkTariff(tariff: Tariff): void {
  checkRule(tariff.energy, "/energy");
  for (const [index, charge] of tariff.charges.entries()) checkRule(charge, `/charges/${index}`);
  checkTiers(tariff);
  checkPowerFactor(tariff);
  if (tariff.validTo !== null && tariff.validTo <= tariff.validFrom) {
    throw invalid(
      "`validTo` is not after `validFrom`",
      "/validTo",
      "it is the first day without the tariff",
    );
  }
}

/** Without a base, each minute of each kind of day in each month has one zone. */
function checkRule({ base, zones }: PriceRule, pointer: string): void {
  if (base !== null) return;
  for (let month = 1; month <= 12; month += 1) {
    for (const dayType of dayTypes) checkDay(zones, { month, dayType, pointer });
  }
}

interface DayPlace {
  readonly month: number;
  readonly dayType: DayType;
  readonly pointer: string;
}

function checkDay(zones: PriceRule["zones"], { month, dayType, pointer }: DayPlace): void {
  const taken: (number | undefined)[] = new Array(minutesPerDay).fill(undefined);
  for (const [index, zone] of zones.entries()) {
    if (!zoneApplies(zone, month, dayType)) continue;
    for (const [fromMinute, toMinute] of zonePieces(zone)) {
      for (let minute = fromMinute; minute < toMinute; minute += 1) {
        const other = taken[minute];
        if (other !== undefined) {
          const when = `${clockOfMinute(minute)} on a ${dayType} in month ${month}`;
          throw new DomainError(
            "tariff_overlap",
            `zones ${other} and ${index} both price ${when}`,
            {
              pointer: `${pointer}/zones/${index}`,
              remedy:
                "let the zones meet without overlapping, or give a base price for them to lie over",
            },
          );
        }
        taken[minute] = index;
      }
    }
  }
  const hole = taken.indexOf(undefined);
  if (hole < 0) return;
  const when = `${clockOfMinute(hole)} on a ${dayType} in month ${month}`;
  throw new DomainError("tariff_hole", `no zone prices ${when}`, {
    pointer: `${pointer}/zones`,
    remedy: "add a zone for that time, or give a base price",
  });
}

function checkTiers({ tiers }: Tariff): void {
  for (const [index, { fromKwh }] of tiers.entries()) {
    const before = tiers[index - 1];
    if (before === undefined ? fromKwh === 0 : fromKwh > before.fromKwh) continue;
    throw invalid(
      `tier ${index} begins at ${fromKwh} kWh`,
      `/tiers/${index}/fromKwh`,
      "the first tier begins at 0, each following one above the one before",
    );
  }
}

function checkPowerFactor({ powerFactor }: Tariff): void {
  if (powerFactor === null) return;
  for (const [index, { atLeast }] of powerFactor.entries()) {
    const before = powerFactor[index - 1];
    if (before === undefined || atLeast < before.atLeast) continue;
    throw new DomainError(
      "tariff_overlap",
      `row ${index} begins at ${atLeast}, not below the row before`,
      {
        pointer: `/powerFactor/${index}/atLeast`,
        remedy: "write the rows from the largest power factor down",
      },
    );
  }
  if (powerFactor.at(-1)?.atLeast === 0) return;
  throw new DomainError("tariff_hole", "the power factor table does not reach down to 0", {
    pointer: "/powerFactor",
    remedy: "add a last row with `atLeast` 0",
  });
}

/**
 * Whether two tariffs would price the same target on the same day.
 *
 * @param others newest revisions; the one that a correction replaces is left out.
 * @throws {DomainError} `tariff_overlap`.
 */
export function checkAgainst(tariff: Tariff, others: readonly TariffRecord[]): void {
  const all = [...others, { tariff } as TariffRecord];
  for (const { tariff: other } of others) {
    if (other.id === tariff.id) continue;
    const shared = tariff.appliesTo.find((target) => other.appliesTo.includes(target));
    if (shared === undefined || !overlaps(tariff, other, all)) continue;
    throw new DomainError(
      "tariff_overlap",
      `${other.id} prices ${shared} from ${other.validFrom} on as well`,
      {
        pointer: "/appliesTo",
        remedy: `end ${other.id} with validTo first, or leave ${shared} out`,
      },
    );
  }
}

function overlaps(left: Tariff, right: Tariff, all: readonly TariffRecord[]): boolean {
  const [leftEnd, rightEnd] = [endOf(left, all), endOf(right, all)];
  const isLeftFirst = leftEnd !== null && leftEnd <= right.validFrom;
  const isRightFirst = rightEnd !== null && rightEnd <= left.validFrom;
  return !isLeftFirst && !isRightFirst;
}

function invalid(message: string, pointer: string, remedy: string): DomainError {
  return new DomainError("invalid_tariff", message, { pointer, remedy });
}

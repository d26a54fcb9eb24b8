import type { z } from "zod";
import type { ListedTariff } from "../../app/manage-tariffs.ts";
import type { CostAnswer } from "../../app/query-cost.ts";
import type { CostBody, TariffBody, TariffPost } from "../../contracts/tariffs.ts";
import type { BillLine } from "../../domain/energy/bill.ts";
import type { PriceRule, Tariff } from "../../domain/energy/tariff.ts";
import { fromMillionths, millionths } from "../../domain/money.ts";
import { clockOfMinute, instantText, minuteOfClock, minutesPerDay } from "../../domain/time.ts";
import { nameFrom } from "./registry-bodies.ts";

type RuleBody = z.infer<typeof TariffPost>["energy"];

/** A percent is ten thousand parts per million. */
const ppmPerPercent = 10_000;

export function tariffFrom(body: TariffPost): Tariff {
  const { id, validFrom, source, appliesTo, tiers, holidays, workdays } = body;
  return {
    ...{ id, validFrom, source, appliesTo, holidays, workdays },
    name: nameFrom(body.name) ?? { zh: id, en: id },
    validTo: body.validTo ?? null,
    energy: ruleFrom(body.energy),
    charges: body.charges.map(({ name, ...rule }) => ({
      ...ruleFrom(rule),
      name: nameFrom(name) ?? { zh: id, en: id },
    })),
    factorPpm: millionths(body.factor),
    basic: basicFrom(body),
    powerFactor:
      body.powerFactor?.map(({ atLeast, percent }) => ({
        ...{ atLeast, sharePpm: Math.round(percent * ppmPerPercent) },
      })) ?? null,
    tiers: tiers.map(({ fromKwh, addCnyPerKwh }) => ({
      ...{ fromKwh, microCny: millionths(addCnyPerKwh) },
    })),
  };
}

function basicFrom({ basic }: TariffPost): Tariff["basic"] {
  if (basic === null || basic === undefined) return null;
  if (basic.basis === "maximum-demand") {
    const { basis, floorKw, priceCnyPerKwMonth } = basic;
    return { basis, floorKw, microCny: millionths(priceCnyPerKwMonth) };
  }
  const { basis, capacityKva, priceCnyPerKvaMonth } = basic;
  return { basis, capacityKva, microCny: millionths(priceCnyPerKvaMonth) };
}

function ruleFrom({ base, zones }: RuleBody): PriceRule {
  return {
    base:
      base === null || base === undefined
        ? null
        : { period: base.period, microCny: millionths(base.priceCnyPerKwh) },
    zones: zones.map(({ from, to, period, priceCnyPerKwh, months, dayTypes }) => ({
      ...{ period, microCny: millionths(priceCnyPerKwh) },
      ...{ fromMinute: minuteOfClock(from), toMinute: minuteOfClock(to) || minutesPerDay },
      ...{ months: months ?? null, dayTypes: dayTypes ?? null },
    })),
  };
}

export function tariffBody(listed: ListedTariff): TariffBody {
  const { tariff, revision, recordedAtMs, recordedBy, correction, isSuperseded } = listed;
  const { id, name, validFrom, validTo, source, appliesTo, holidays, workdays, basic } = tariff;
  return {
    ...{ id, name, validFrom, validTo, source, revision, recordedBy, correction },
    ...{ appliesTo: [...appliesTo], holidays: [...holidays], workdays: [...workdays] },
    ...{ recordedAt: instantText(recordedAtMs), superseded: isSuperseded },
    energy: ruleBody(tariff.energy),
    charges: tariff.charges.map((charge) => ({ name: charge.name, ...ruleBody(charge) })),
    factor: fromMillionths(tariff.factorPpm),
    basic: basicBody(basic),
    powerFactor:
      tariff.powerFactor?.map(({ atLeast, sharePpm }) => ({
        ...{ atLeast, percent: sharePpm / ppmPerPercent },
      })) ?? null,
    tiers: tariff.tiers.map(({ fromKwh, microCny }) => ({
      ...{ fromKwh, addCnyPerKwh: fromMillionths(microCny) },
    })),
  };
}

function basicBody(basic: Tariff["basic"]): TariffBody["basic"] {
  if (basic === null) return null;
  const price = fromMillionths(basic.microCny);
  return basic.basis === "maximum-demand"
    ? { basis: basic.basis, priceCnyPerKwMonth: price, floorKw: basic.floorKw }
    : { basis: basic.basis, priceCnyPerKvaMonth: price, capacityKva: basic.capacityKva };
}

function ruleBody({ base, zones }: PriceRule): TariffBody["energy"] {
  return {
    base:
      base === null ? null : { period: base.period, priceCnyPerKwh: fromMillionths(base.microCny) },
    zones: zones.map(({ fromMinute, toMinute, period, microCny, months, dayTypes }) => ({
      ...{ from: clockOfMinute(fromMinute), to: clockOfMinute(toMinute), period },
      ...{ priceCnyPerKwh: fromMillionths(microCny) },
      ...{ months: months === null ? null : [...months] },
      dayTypes: dayTypes === null ? null : [...dayTypes],
    })),
  };
}

export function costBody(answer: CostAnswer): CostBody {
  const { scope, period, interval, isComplete, missing, unpricedDays, energy, register } = answer;
  const { grade, estimatedFraction, missingSlotCount } = energy;
  const isEmpty = interval.endMs === interval.startMs;
  return {
    ...{ scope, period, missing, complete: isComplete, currency: "CNY" },
    ...{ from: instantText(interval.startMs), to: instantText(interval.endMs) },
    totalFen: answer.totalFen === null ? null : Number(answer.totalFen),
    knownFen: Number(answer.knownFen),
    unpricedDays: [...unpricedDays],
    energy: {
      ...{ register, grade, estimatedFraction, missingSlots: missingSlotCount },
      ...{ kwh: energy.amounts[register] ?? null, coverage: isEmpty ? null : energy.coverage },
    },
    lines: answer.lines.map(lineBody),
  };
}

function lineBody(line: BillLine): CostBody["lines"][number] {
  const { part, record, chargeIndex, period, month, quantity, unit, splitKwh, gap } = line;
  const { tariff, revision } = record;
  const { id, validFrom, source, factorPpm } = tariff;
  const isShare = part === "power-factor";
  const price = line.microCny;
  return {
    ...{ part, period, month, quantity, unit, splitKwh, missing: gap },
    name: chargeIndex === null ? null : (tariff.charges[chargeIndex]?.name ?? null),
    priceCny: isShare || price === null ? null : fromMillionths(price),
    percent: isShare && price !== null ? price / ppmPerPercent : null,
    factor: fromMillionths(factorPpm),
    amountFen: line.amountFen === null ? null : Number(line.amountFen),
    tariff: { id, validFrom, revision, source },
  };
}

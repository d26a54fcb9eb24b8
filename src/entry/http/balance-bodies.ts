import type { PlaceBalance } from "../../app/query-balance.ts";
import type { NightFlow, WaterAnswer } from "../../app/query-water.ts";
import type { BalanceBody } from "../../contracts/energy-analysis.ts";
import type { Balance } from "../../domain/energy/balance.ts";
import { worse } from "../../domain/telemetry/close-slots.ts";
import { instantText } from "../../domain/time.ts";
import { instantOrNull } from "./instants.ts";

type PlaceBody = BalanceBody["places"][number];
type WaterBody = NonNullable<BalanceBody["water"]>;

export function placeBody(place: PlaceBalance): PlaceBody {
  const { id, type, carrier, unit, meterId, name, balance, notJudged } = place;
  const { lossAllowanceFraction, slotsExpected, slotsCompared, coverage } = place;
  const net = (isMain: boolean): number | null =>
    balance === null || meterId === null
      ? null
      : Math.abs(netOf(place, (termMeter) => (termMeter === meterId) === isMain));
  return {
    ...{ id, type, carrier, unit, meterId, name, lossAllowanceFraction },
    ...{ verdict: balance?.verdict ?? "not-judged", reason: notJudged },
    ...{ main: net(true), parts: net(false), slotsExpected, slotsCompared, coverage },
    ...{ grade: balance?.grade ?? null, missingMeters: [...place.missingMeterIds] },
    balance: balance === null ? null : figuresBody(balance),
    terms: place.terms.map(({ accuracyClass: _class, multiplier: _multiplier, ...term }) => term),
  };
}

function netOf({ terms }: PlaceBalance, isWanted: (meterId: string) => boolean): number {
  return terms
    .filter(({ meterId }) => isWanted(meterId))
    .reduce((sum, { side, amount }) => sum + (side === "in" ? amount : -amount), 0);
}

function figuresBody(balance: Balance): NonNullable<PlaceBody["balance"]> {
  const { inAmount, outAmount, verdict: _verdict, grade: _grade, ...rest } = balance;
  return { in: inAmount, out: outAmount, ...rest };
}

export function waterBody({ nights, reuse }: WaterAnswer): WaterBody {
  const grades = reuse?.totals.totals.flatMap(({ grade }) => grade ?? []) ?? [];
  return {
    nights: nights.map(nightBody),
    reuse:
      reuse === null
        ? null
        : {
            reusedM3: reuse.reusedM3,
            freshM3: reuse.freshM3,
            reuseFraction: reuse.reuseFraction,
            coverage: reuse.totals.slotsCompared / reuse.totals.slotsExpected,
            grade: grades.length === 0 ? null : grades.reduce(worse),
            missingMeters: [...reuse.totals.missingMeterIds],
          },
  };
}

function nightBody({ meterId, night, hour, balance }: NightFlow): WaterBody["nights"][number] {
  return {
    ...{ meterId, night: instantText(night.startMs), hour: instantOrNull(hour?.startMs ?? null) },
    inM3: balance?.inAmount ?? null,
    meteredM3: balance?.outAmount ?? null,
    bandM3: balance?.band ?? null,
    excessM3: balance?.excess ?? null,
    verdict: balance?.verdict ?? "not-judged",
  };
}

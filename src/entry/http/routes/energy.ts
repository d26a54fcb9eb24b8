import type { z } from "zod";
import { type EnergyAnswer, queryEnergy } from "../../../app/query-energy.ts";
import { queryQuality, queryRevisions, type RevisionStep } from "../../../app/query-quality.ts";
import {
  EnergyBody,
  EnergyQuery,
  QualityBody,
  QualityQuery,
  RevisionBody,
  RevisionsQuery,
} from "../../../contracts/energy.ts";
import { pageOf } from "../../../contracts/registry.ts";
import type { EnergyStep } from "../../../domain/energy/energy-steps.ts";
import { dayMs, instantText } from "../../../domain/time.ts";
import { anyRole, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { intervalOf, msOf, pagedInterval } from "../instants.ts";
import { unchecked } from "../unchecked.ts";

const tags = ["energy"];
/** Revisions are read in spans of this length until a page has enough of them. */
const revisionSpanMs = 7 * dayMs;
const revisionsPerPage = 1000;
const spansPerPage = 60;

export const energyRoutes: Routes = async (server, { registry, ledger, clock }) => {
  server.get(
    "/energy",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Energy of a meter, an enterprise or the park, step by step",
        description:
          "One entry for each step of [from, to), missing ones too: their energy is null, never 0. Each register of the scope has its own name. `total` counts what is known; `missingSlots` says how many quarter hours are not whole.",
        querystring: EnergyQuery,
        response: { 200: EnergyBody },
      },
      serializerCompiler: unchecked,
    },
    async (request) => {
      const { scope, carrier, step, asOf, from, to } = request.query;
      const answer = await queryEnergy({ registry, ledger }, principalOf(request), {
        ...{ scope, carrier, step },
        interval: intervalOf({ from, to }),
        asOfMs: asOf === undefined ? undefined : msOf(asOf),
      });
      return energyBody(answer);
    },
  );
  server.get(
    "/energy/revisions",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Everything the ledger has ever said about the slots of a meter",
        querystring: RevisionsQuery,
        response: { 200: pageOf(RevisionBody) },
      },
    },
    async (request) => {
      const { meter: meterId, ...span } = request.query;
      const { startMs, endMs } = pagedInterval(span);
      const items: RevisionStep[] = [];
      let nextMs = startMs;
      let spans = 0;
      do {
        const spanEndMs = Math.min(nextMs + revisionSpanMs, endMs);
        const asked = { meterId, interval: { startMs: nextMs, endMs: spanEndMs } };
        items.push(...(await queryRevisions({ registry, ledger }, principalOf(request), asked)));
        nextMs = spanEndMs;
        spans += 1;
      } while (nextMs < endMs && items.length < revisionsPerPage && spans < spansPerPage);
      return { items: items.map(revisionBody), next: nextMs < endMs ? instantText(nextMs) : null };
    },
  );
  server.get(
    "/energy/quality",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "How completely each meter is known",
        querystring: QualityQuery,
        response: { 200: QualityBody },
      },
    },
    async (request) => {
      const asked = { interval: intervalOf(request.query), nowMs: clock.nowMs() };
      const answer = await queryQuality({ registry, ledger }, principalOf(request), asked);
      const { interval, slotsExpected, coverage, items } = answer;
      return {
        from: instantText(interval.startMs),
        to: instantText(interval.endMs),
        ...{ slotsExpected, coverage, items: [...items] },
      };
    },
  );
};

function energyBody(answer: EnergyAnswer): EnergyBody {
  const { scope, carrier, unit, step, steps, total, registers, meterIds } = answer;
  return {
    ...{ scope, carrier, unit, step },
    slots: steps.map(slotBody),
    total: withAmounts(total, qualityOf(total)),
    registers: Object.fromEntries(
      Object.entries(registers).map(([name, known]) => [name, qualityOf(known)]),
    ),
    meters: [...meterIds],
  };
}

function qualityOf({ grade, coverage, estimatedFraction, missingSlotCount }: EnergyStep) {
  return { grade, coverage, estimatedFraction, missingSlots: missingSlotCount };
}

function slotBody(step: EnergyStep): EnergyBody["slots"][number] {
  const { startMs, grade, coverage, estimatedFraction, revision } = step;
  const start = instantText(startMs);
  return withAmounts(step, { start, grade, coverage, estimatedFraction, revision });
}

/** The named fields and beside them one for each register. */
function withAmounts<Fields extends object>(
  { amounts }: EnergyStep,
  fields: Fields,
): Fields & EnergyStep["amounts"] {
  return Object.assign({}, fields, amounts);
}

function revisionBody({ slot, before }: RevisionStep): z.infer<typeof RevisionBody> {
  const { startMs, register, revision, reason, amount, grade, knownAtMs } = slot;
  return {
    ...{ start: instantText(startMs), step: "15m" as const, register, revision, reason },
    ...{ before, after: amount, grade, knownAt: instantText(knownAtMs) },
  };
}

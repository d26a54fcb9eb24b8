import type { z } from "zod";
import { type EnergyAnswer, queryEnergy } from "../../../app/query-energy.ts";
import { type EnterpriseEnergy, queryEnterprises } from "../../../app/query-enterprises.ts";
import { queryQuality, queryRevisions, type RevisionStep } from "../../../app/query-quality.ts";
import {
  EnergyBody,
  EnergyQuery,
  EnterpriseEnergyBody,
  EnterpriseEnergyQuery,
  QualityBody,
  QualityQuery,
  RevisionBody,
  RevisionsQuery,
} from "../../../contracts/energy.ts";
import { pageOf } from "../../../contracts/registry.ts";
import type { EnergyStep } from "../../../domain/energy/energy-steps.ts";
import { dayMs, type Interval, instantText } from "../../../domain/time.ts";
import { anyRole, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { intervalOf, msOf, pagedInterval } from "../instants.ts";
import { pageFrom } from "../registry-bodies.ts";
import { unchecked } from "../unchecked.ts";

const tags = ["energy"];
/** Revisions are read in spans of this length until a page has enough of them. */
const revisionSpanMs = 7 * dayMs;
const revisionsPerPage = 1000;
const spansPerPage = 60;

const energySchema = {
  tags,
  summary: "Energy of a meter, an enterprise or the park, step by step",
  description:
    "One entry for each step of [from, to), missing ones too: their energy is null, never 0. Each register of the scope has its own name. `total` counts what is known; `missingSlots` says how many quarter hours are not whole.",
  querystring: EnergyQuery,
  response: { 200: EnergyBody },
};

const enterprisesSchema = {
  tags,
  summary: "Energy of every enterprise in one answer",
  description:
    "The totals of [from, to) as `/energy?scope=enterprise:ID` has them, for each enterprise that has a meter of the carrier and that the caller may see.",
  querystring: EnterpriseEnergyQuery,
  response: { 200: pageOf(EnterpriseEnergyBody) },
};

export const energyRoutes: Routes = async (server, services) => {
  const { registry, ledger, dropTasks, clock } = services;
  server.get(
    "/energy",
    {
      config: { access: anyRole },
      schema: energySchema,
      serializerCompiler: unchecked,
    },
    async (request) => {
      const { scope, carrier, step, asOf, from, to } = request.query;
      const answer = await queryEnergy({ registry, ledger, dropTasks }, principalOf(request), {
        ...{ scope, carrier, step },
        interval: intervalOf({ from, to }),
        asOfMs: asOf === undefined ? undefined : msOf(asOf),
      });
      return energyBody(answer, msOf(to));
    },
  );
  server.get(
    "/energy/enterprises",
    {
      config: { access: anyRole },
      schema: enterprisesSchema,
    },
    async (request) => {
      const { carrier, from, to, ...page } = request.query;
      const asked = { ...pageFrom(page), carrier, interval: intervalOf({ from, to }) };
      const { items, next } = await queryEnterprises(
        { registry, ledger, dropTasks },
        principalOf(request),
        asked,
      );
      return { items: items.map((answer) => enterpriseBody(answer, msOf(to))), next };
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
      const ask = (interval: Interval) =>
        queryRevisions({ registry, ledger }, principalOf(request), { meterId, interval });
      return revisionsPage(pagedInterval(span), ask);
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

/** Spans are read one after the other until a page is full, so that a quiet year is one answer. */
async function revisionsPage(
  { startMs, endMs }: Interval,
  ask: (interval: Interval) => Promise<readonly RevisionStep[]>,
) {
  const items: RevisionStep[] = [];
  let nextMs = startMs;
  let spans = 0;
  do {
    const spanEndMs = Math.min(nextMs + revisionSpanMs, endMs);
    items.push(...(await ask({ startMs: nextMs, endMs: spanEndMs })));
    nextMs = spanEndMs;
    spans += 1;
  } while (nextMs < endMs && items.length < revisionsPerPage && spans < spansPerPage);
  return { items: items.map(revisionBody), next: nextMs < endMs ? instantText(nextMs) : null };
}

function energyBody(answer: EnergyAnswer, endMs: number): EnergyBody {
  const isProvisional = (untilMs: number): boolean =>
    answer.provisionalFromMs !== null && untilMs > answer.provisionalFromMs;
  const { scope, carrier, unit, step, steps, total, registers, meterIds } = answer;
  return {
    ...{ scope, carrier, unit, step },
    slots: steps.map((known, index) =>
      slotBody(known, isProvisional(steps[index + 1]?.startMs ?? endMs)),
    ),
    total: withAmounts(total, { ...qualityOf(total), provisional: isProvisional(endMs) }),
    registers: Object.fromEntries(
      Object.entries(registers).map(([name, known]) => [name, qualityOf(known)]),
    ),
    meters: [...meterIds],
  };
}

function enterpriseBody(answer: EnterpriseEnergy, endMs: number): EnterpriseEnergyBody {
  const { unit, total, registers, meters } = energyBody(answer, endMs);
  const revision = answer.steps.reduce((newest, step) => Math.max(newest, step.revision), 0);
  return { enterpriseId: answer.enterpriseId, unit, revision, total, registers, meters };
}

function qualityOf({ grade, coverage, estimatedFraction, missingSlotCount }: EnergyStep) {
  return { grade, coverage, estimatedFraction, missingSlots: missingSlotCount };
}

function slotBody(step: EnergyStep, provisional: boolean): EnergyBody["slots"][number] {
  const { startMs, grade, coverage, estimatedFraction, revision } = step;
  const start = instantText(startMs);
  return withAmounts(step, {
    ...{ start, grade, coverage, estimatedFraction, revision, provisional },
  });
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

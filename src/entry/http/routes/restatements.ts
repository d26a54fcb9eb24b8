import { type ListedRestatement, listRestatements } from "../../../app/list-restatements.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { RestatementBody, RestatementsQuery } from "../../../contracts/restatements.ts";
import type { DayFigure } from "../../../domain/energy/restatement.ts";
import { type Interval, instantText, quarterHourMs } from "../../../domain/time.ts";
import { anyRole, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { msOf } from "../instants.ts";

export const restatementRoutes: Routes = async (server, { registry, restatements }) => {
  server.get(
    "/restatements",
    {
      config: { access: anyRole },
      schema: {
        tags: ["energy"],
        summary: "What was restated, newest first: before, after, reason and what changed with it",
        description:
          "One entry for each meter, register, park day and reason. `from` and `to` are about the days that were restated, not about when that happened.",
        querystring: RestatementsQuery,
        response: { 200: pageOf(RestatementBody) },
      },
    },
    async (request) => {
      const { scope, from, to, cursor, limit } = request.query;
      const found = await listRestatements({ registry, restatements }, principalOf(request), {
        ...{ scope, limit, interval: openInterval(from, to) },
        after: cursor === undefined ? null : Number(cursor),
      });
      return { items: found.items.map(restatementBody), next: found.next };
    },
  );
};

/** Either end may be left open. */
function openInterval(from: string | undefined, to: string | undefined): Interval | null {
  if (from === undefined && to === undefined) return null;
  const startMs = from === undefined ? 0 : msOf(from);
  return { startMs, endMs: to === undefined ? Number.MAX_SAFE_INTEGER : msOf(to) };
}

function restatementBody(one: ListedRestatement): RestatementBody {
  const { seq, day, slotCount, knownAtMs, before, after, dependants, ...rest } = one;
  const daySlots = (day.endMs - day.startMs) / quarterHourMs;
  return {
    ...rest,
    id: String(seq),
    from: instantText(day.startMs),
    to: instantText(day.endMs),
    slots: slotCount,
    knownAt: instantText(knownAtMs),
    before: figureBody(before, daySlots),
    after: figureBody(after, daySlots),
    dependants: [...dependants],
  };
}

function figureBody(figure: DayFigure, daySlots: number): RestatementBody["before"] {
  const { amount, grade, coverageSum, estimatedAmount } = figure;
  const isKnown = amount !== null && amount > 0;
  return {
    ...{ amount, grade },
    coverage: coverageSum / daySlots,
    estimatedFraction: isKnown ? estimatedAmount / amount : 0,
  };
}

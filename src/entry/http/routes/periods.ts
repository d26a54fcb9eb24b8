import { z } from "zod";
import {
  closePeriod,
  type ListedPeriod,
  listPeriods,
  reopenPeriod,
} from "../../../app/manage-periods.ts";
import { ListedPeriodBody, PeriodBody, ReasonPost } from "../../../contracts/periods.ts";
import { pageOf } from "../../../contracts/registry.ts";
import type { AccountingPeriod } from "../../../domain/energy/accounting-period.ts";
import { instantText } from "../../../domain/time.ts";
import { accountants, parkWide, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";

const tags = ["periods"];
const params = z.object({ month: z.string() });

export const periodRoutes: Routes = async (server, services) => {
  const { amendments: periods } = services;
  server.get(
    "/periods",
    {
      config: { access: parkWide },
      schema: {
        tags,
        summary: "Accounting periods: where each month stands",
        response: { 200: pageOf(ListedPeriodBody) },
      },
    },
    async (request) => {
      const listed = await listPeriods(periods, principalOf(request));
      return { items: listed.map(listedBody), next: null };
    },
  );
  server.post(
    "/periods/:month/close",
    {
      config: { access: accountants },
      schema: {
        tags,
        summary: "Close a month: what arrives for it from now on waits for a person",
        params,
        body: ReasonPost,
        response: { 200: PeriodBody },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const asked = { month: request.params.month, reason: request.body.reason };
      const period = await closePeriod(periods, principal, asked);
      return periodBody(period);
    },
  );
  server.post(
    "/periods/:month/reopen",
    {
      config: { access: accountants },
      schema: {
        tags,
        summary: "Open a closed month again and take in what has waited for it",
        params,
        body: ReasonPost,
        response: { 200: PeriodBody },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const asked = { month: request.params.month, reason: request.body.reason };
      const period = await reopenPeriod(periods, principal, asked);
      return periodBody(period);
    },
  );
};

function listedBody(period: ListedPeriod): ListedPeriodBody {
  return { ...periodBody(period), amendmentsWaiting: period.waiting };
}

function periodBody({
  month,
  interval,
  state,
  closesFromMs,
  changes,
}: AccountingPeriod): PeriodBody {
  return {
    month,
    from: instantText(interval.startMs),
    to: instantText(interval.endMs),
    state,
    closesNotBefore: instantText(closesFromMs),
    changes: changes.map(({ action, atMs, actor, reason }) => {
      return { action, at: instantText(atMs), by: actor, reason };
    }),
  };
}

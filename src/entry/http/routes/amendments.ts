import { z } from "zod";
import { decideAmendment, listAmendments, readAmendment } from "../../../app/amend-period.ts";
import type { Amendment } from "../../../app/period-ports.ts";
import {
  AmendmentBody,
  AmendmentDetailBody,
  AmendmentsQuery,
  ReasonPost,
} from "../../../contracts/periods.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { instantText } from "../../../domain/time.ts";
import { accountants, parkWide, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";

const tags = ["periods"];
const params = z.object({ id: z.string() });
const decisions = [
  ["accept", "accepted", "Accept an amendment: its slots are derived again, as revisions"],
  ["reject", "rejected", "Reject an amendment: the ledger stays as it is, the readings are kept"],
] as const;

export const amendmentRoutes: Routes = async (server, services) => {
  const { amendments } = services;
  server.get(
    "/amendments",
    {
      config: { access: parkWide },
      schema: {
        tags,
        summary: "What arrived for closed months, newest first",
        querystring: AmendmentsQuery,
        response: { 200: pageOf(AmendmentBody) },
      },
    },
    async (request) => {
      const { state = null, month = null, cursor = null, limit } = request.query;
      const query = { state, month, after: cursor, limit };
      const found = await listAmendments(amendments, principalOf(request), query);
      return { items: found.items.map(amendmentBody), next: found.next };
    },
  );
  server.get(
    "/amendments/:id",
    {
      config: { access: parkWide },
      schema: {
        tags,
        summary: "One amendment, with what accepting it would change",
        params,
        response: { 200: AmendmentDetailBody },
      },
    },
    async (request) => {
      const found = await readAmendment(amendments, principalOf(request), request.params.id);
      return { ...amendmentBody(found.amendment), effects: [...found.effects] };
    },
  );
  for (const [verb, state, summary] of decisions) {
    server.post(
      `/amendments/:id/${verb}`,
      {
        config: { access: accountants },
        schema: { tags, summary, params, body: ReasonPost, response: { 200: AmendmentBody } },
      },
      async (request) => {
        const principal = principalOf(request);
        const decision = { id: request.params.id, state, reason: request.body.reason };
        const decided = await decideAmendment(amendments, principal, decision);
        return amendmentBody(decided);
      },
    );
  }
};

function amendmentBody({
  interval,
  firstAtMs,
  lastAtMs,
  decision,
  ...rest
}: Amendment): AmendmentBody {
  return {
    ...rest,
    from: instantText(interval.startMs),
    to: instantText(interval.endMs),
    firstAt: instantText(firstAtMs),
    lastAt: instantText(lastAtMs),
    decision:
      decision === null
        ? null
        : { at: instantText(decision.atMs), by: decision.actor, reason: decision.reason },
  };
}

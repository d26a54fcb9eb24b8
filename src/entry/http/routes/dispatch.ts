import type { FastifyReply } from "fastify";
import type { DispatchAnswer } from "../../../app/solve-dispatch.ts";
import { DispatchProblemPost, DispatchSolutionBody } from "../../../contracts/dispatch.ts";
import type { PlanFinding } from "../../../domain/dispatch/check-plan.ts";
import type { DispatchPlan } from "../../../domain/dispatch/plan.ts";
import { DispatchProblemError } from "../../../domain/dispatch/problem.ts";
import { DomainError } from "../../../domain/errors.ts";
import { instantText } from "../../../domain/time.ts";
import { planners, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { msOf } from "../instants.ts";
import { RequestShapeError } from "../problem.ts";

export const dispatchRoutes: Routes = async (server, { solveDispatch }) => {
  server.post(
    "/dispatch/solutions",
    {
      config: { access: planners },
      schema: {
        tags: ["dispatch"],
        summary: "The cheapest plan for a storage, a load and a tariff; nothing is stored",
        description:
          "Load is served first. Power and energy of the storage are hard; import and export limits, terminal energy and the emissions cap are soft: the total breach (kW of each step, kWh and kg added up as they are listed) is minimised first, then cost. `infeasible` only when the storage starts outside of its limits and cannot return within the first step.",
        body: DispatchProblemPost,
        response: { 200: DispatchSolutionBody },
      },
    },
    async (request, reply) => {
      const { start, ...rest } = request.body;
      const input = { ...rest, startMs: msOf(start) };
      try {
        const signal = whileConnected(reply);
        return solutionBody(await solveDispatch.solve(principalOf(request), input, signal));
      } catch (error) {
        throw error instanceof DispatchProblemError ? shapeError(error) : error;
      }
    },
  );
};

/** Ends the work on an answer that nobody waits for any more. */
function whileConnected({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => {
    if (raw.writableFinished) return;
    controller.abort(new DomainError("caller_gone", "the caller closed the connection"));
  });
  return controller.signal;
}

/** Faults between the fields look to the caller like faults of one field: with a pointer. */
function shapeError({ faults }: DispatchProblemError): RequestShapeError {
  return new RequestShapeError(
    faults.map(({ path, detail }) => ({
      code: "custom" as const,
      path: [...path],
      message: detail,
      input: undefined,
    })),
  );
}

function solutionBody(answer: DispatchAnswer): DispatchSolutionBody {
  if (answer.kind === "planned") return planBody(answer);
  const { reason, remedy, solveMs } = answer;
  return {
    status: "infeasible",
    ...{ objectiveCny: null, costs: null, emissionsKgCo2: null, peakKw: null, limitValues: null },
    ...{ slots: [], breaches: [], solveMs, reason, remedy },
    check: { ok: false, findings: [{ rule: "start", start: null, detail: reason }] },
  };
}

function planBody(answer: Extract<DispatchAnswer, { kind: "planned" }>): DispatchSolutionBody {
  const { status, objectiveCny, costs, emissionsKgCo2, peakKw, limitValues } = answer.plan;
  return {
    ...{ status, objectiveCny, costs, emissionsKgCo2, peakKw, limitValues },
    slots: answer.plan.slots.map(slotBody),
    breaches: answer.plan.breaches.map(({ startMs, ...breach }) => ({
      ...breach,
      start: instantText(startMs),
    })),
    check: { ok: answer.findings.length === 0, findings: answer.findings.map(findingBody) },
    solveMs: answer.solveMs,
  };
}

function slotBody({
  startMs,
  ...slot
}: DispatchPlan["slots"][number]): DispatchSolutionBody["slots"][number] {
  return { start: instantText(startMs), ...slot };
}

function findingBody({ rule, startMs, detail }: PlanFinding) {
  return { rule, start: startMs === null ? null : instantText(startMs), detail };
}

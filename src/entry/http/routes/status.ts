import { readStatus } from "../../../app/read-status.ts";
import { StatusBody } from "../../../contracts/status.ts";
import { instantText } from "../../../domain/time.ts";
import { parkWide, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { instantOrNull } from "../instants.ts";

export const statusRoutes: Routes = async (server, { status }) => {
  server.get(
    "/status",
    {
      config: { access: parkWide },
      schema: {
        tags: ["health"],
        summary: "What the service has done and what it still has to do",
        description:
          "`ingest.backlogReadings` and `ledger.touchedSlots` are both 0 when everything received has been worked through.",
        response: { 200: StatusBody },
      },
    },
    async (request) => {
      const answer = await readStatus(status, principalOf(request));
      const { touchedSlots, closedThroughMs } = answer.ledger;
      return {
        ...answer,
        startedAt: instantText(answer.startedAtMs),
        ledger: { touchedSlots, closedThrough: instantOrNull(closedThroughMs) },
        jobs: answer.jobs.map((job) => ({
          ...job,
          lastRunAt: instantOrNull(job.lastRunMs),
          watermark: instantOrNull(job.watermarkMs),
        })),
      };
    },
  );
};

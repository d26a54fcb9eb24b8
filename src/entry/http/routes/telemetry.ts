import { Id } from "../../../contracts/id.ts";
import { nestingMax, TelemetryAnswer, TelemetryPost } from "../../../contracts/telemetry.ts";
import { payloadBytesMax } from "../../../contracts/topics.ts";
import { takeTelemetry } from "../../take-telemetry.ts";
import { readTelemetryValue } from "../../telemetry-payload.ts";
import { operatorsAndGateways, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { RequestShapeError } from "../problem.ts";

export const telemetryRoutes: Routes = async (server, { ingest }) => {
  server.post(
    "/telemetry",
    {
      config: { access: operatorsAndGateways, nestingMax },
      bodyLimit: payloadBytesMax,
      schema: {
        tags: ["telemetry"],
        summary: "Send telemetry of one device; answered after it is on disk",
        description:
          "Samples, or metrics of them, that cannot be taken are named in `quarantined` and set aside; the others are accepted. A gateway signs in with its own user name and password (HTTP Basic). 503 means that nothing was kept: send it again after Retry-After.",
        body: TelemetryPost,
        response: { 200: TelemetryAnswer },
      },
      // A bad sample must not take the good ones with it, so the handler reads the body piece by piece.
      validatorCompiler: () => (value) => ({ value }),
    },
    async (request) => {
      const { gatewayId, deviceId, payload } = envelopeOf(request.body);
      const read = readTelemetryValue(payload);
      if (!read.ok && read.code === "schema") throw shapeError(request.body);
      const { accepted, quarantined } = await takeTelemetry(ingest, principalOf(request), {
        gatewayId,
        deviceId,
        topic: `POST ${request.routeOptions.url}`,
        payload: Buffer.from(JSON.stringify(payload, shown)),
        read,
      });
      return TelemetryAnswer.parse({ accepted, quarantined });
    },
  );
};

interface Envelope {
  readonly gatewayId: string;
  readonly deviceId: string;
  /** What MQTT would carry as the payload of the topic. */
  readonly payload: unknown;
}

function envelopeOf(body: unknown): Envelope {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw shapeError(body);
  const { gateway, device, ...payload } = body as Record<string, unknown>;
  const [gatewayId, deviceId] = [Id.safeParse(gateway), Id.safeParse(device)];
  if (!gatewayId.success || !deviceId.success) throw shapeError(body);
  return { gatewayId: gatewayId.data, deviceId: deviceId.data, payload };
}

/** Numbers beyond what can be kept stay visible in the quarantine; JSON would write them as null. */
function shown(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function shapeError(body: unknown): RequestShapeError {
  return new RequestShapeError(TelemetryPost.safeParse(body).error?.issues ?? []);
}

import type { FaultPlan } from "../faults/fault-plan.ts";
import { keyOf, uniform } from "../random.ts";
import { minuteMs } from "../units.ts";
import { type OutMessage, plainMessage } from "./out-message.ts";

const intervalMs = minuteMs;
const serials = 900_000;

/** What a meter that nobody has registered sends through a gateway, while the plan has one there. */
export function strangerMessages(
  plan: FaultPlan,
  gatewayId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly OutMessage[] {
  const messages: OutMessage[] = [];
  for (let tsMs = Math.ceil(fromMs / intervalMs) * intervalMs; tsMs < toMs; tsMs += intervalMs) {
    const event = plan.at(gatewayId, "unknown-device", tsMs);
    if (event === undefined) continue;
    const key = keyOf(event.fromMs, gatewayId);
    const serial = Math.floor(serials * uniform(key, 0));
    const minute = (tsMs - event.fromMs) / minuteMs;
    const place = { gatewayId, deviceId: `unknown-${serial}`, kind: "telemetry" } as const;
    const values = { importKwh: serial + Math.floor(minute), powerKw: 60 };
    messages.push({ ...plainMessage(place, { ts: tsMs, values }), sampleCount: 1 });
  }
  return messages;
}

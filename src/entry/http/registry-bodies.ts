import type { z } from "zod";
import type { Clock } from "../../app/ports.ts";
import type { Page, QuarantineItem } from "../../app/read-registry.ts";
import type { Registry } from "../../app/registry.ts";
import { registersOf } from "../../contracts/device-kinds.ts";
import type { NameEntry } from "../../contracts/id.ts";
import type { AdoptionPost, MeterBody, QuarantineBody } from "../../contracts/registry.ts";
import type { MeterEntry } from "../../domain/meter-defaults.ts";
import type { LocalName, Meter } from "../../domain/park.ts";
import { multiplierInForce } from "../../domain/telemetry/meter-event.ts";
import { instantText } from "../../domain/time.ts";
import { instantOrNull, msOf } from "./instants.ts";

/** The page that a query asks for. */
export function pageFrom(query: {
  readonly cursor?: string | undefined;
  readonly limit: number;
}): Page {
  return { after: query.cursor ?? null, limit: query.limit };
}

/** A name in both languages; one text serves for both. */
export function nameFrom(entry: NameEntry | null | undefined): LocalName | null {
  if (entry === null || entry === undefined) return null;
  return typeof entry === "string" ? { zh: entry, en: entry } : entry;
}

export function meterBody(
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
  meter: Meter,
): MeterBody {
  const { validFromMs, ...rest } = meter;
  return {
    ...rest,
    multiplierInForce: multiplierInForce(meter, registry.events(meter.id), clock.nowMs()),
    validFrom: instantOrNull(validFromMs),
    simulated: registry.gateway(meter.gatewayId)?.simulated ?? false,
    registers: [...registersOf(meter.kind)],
  };
}

export function quarantineBody(item: QuarantineItem): QuarantineBody {
  const { firstAtMs, lastAtMs, ...rest } = item;
  return { ...rest, firstAt: instantText(firstAtMs), lastAt: instantText(lastAtMs) };
}

type Entry = z.infer<typeof AdoptionPost>;

/** What a person registers of a device, with instants and names as the domain has them. */
export function meterEntry(body: Entry): Omit<MeterEntry, "id" | "gatewayId"> {
  const { name, validFrom, ...rest } = body;
  const validFromMs = validFrom === null || validFrom === undefined ? null : msOf(validFrom);
  return { ...rest, name: nameFrom(name), validFromMs };
}

import { type DeviceKind, deviceKinds, type MetricSpec } from "../../contracts/device-kinds.ts";
import type { QualityBody } from "../../contracts/energy.ts";
import type { LiveDevice } from "../../contracts/live.ts";
import type { MeterBody } from "../../contracts/registry.ts";
import { metricQuantity, type Quantity } from "../format/numbers.ts";

export type DeviceState = "fresh" | "stale" | "never" | "doubtful";

/** A registered device with what is known of it now. */
export interface DeviceRow {
  readonly meter: MeterBody;
  readonly state: DeviceState;
  readonly ageMs: number | null;
  readonly metric: string | null;
  readonly quantity: Quantity | null;
  readonly quality: QualityBody["items"][number] | null;
}

/** Metrics that say most about a device, the most telling first. */
const telling = [
  "powerKw",
  "itPowerKw",
  "flowNm3PerH",
  "flowM3PerH",
  "socFraction",
  "levelFraction",
  "irradianceWPerM2",
  "temperatureCelsius",
  "codMgPerL",
  "running",
];

export function specsOf(kind: string): Readonly<Record<string, MetricSpec>> {
  return kind in deviceKinds ? deviceKinds[kind as DeviceKind].metrics : {};
}

/**
 * What a device reports, in real units: the multiplier is for registers, which show the side of the
 * meter; a momentary value comes in the unit of its name.
 */
export function realValue(
  value: number | string,
  { type }: MetricSpec,
  multiplier: number,
): number | string {
  return typeof value === "number" && type === "register" ? value * multiplier : value;
}

export function stateOf(device: LiveDevice | undefined): DeviceState {
  if (device === undefined || device.at === null) return "never";
  if (device.stale) return "stale";
  return device.doubtful.length > 0 ? "doubtful" : "fresh";
}

export function deviceRow(
  meter: MeterBody,
  device: LiveDevice | undefined,
  { quality, nowMs }: { readonly quality: DeviceRow["quality"]; readonly nowMs: number },
): DeviceRow {
  const values = device?.values ?? {};
  const names = [...telling, ...meter.registers, ...Object.keys(values)];
  const metric = names.find((name) => values[name] !== undefined) ?? null;
  return {
    ...{ meter, metric, quality },
    state: stateOf(device),
    ageMs: device?.at == null ? null : nowMs - Date.parse(device.at),
    quantity: metric === null ? null : quantityOf(metric, values[metric], meter),
  };
}

function quantityOf(
  metric: string,
  value: number | string | undefined,
  { kind, multiplierInForce }: MeterBody,
): Quantity | null {
  const spec = specsOf(kind)[metric];
  if (value === undefined) return null;
  if (spec === undefined) return metricQuantity(metric, value, "");
  return metricQuantity(metric, realValue(value, spec, multiplierInForce), spec.unit);
}

export interface DeviceFilter {
  readonly text: string;
  readonly kind: string;
  readonly state: DeviceState | "all";
  readonly gatewayId: string;
}

/** Devices that match everything that is asked for; words may be parts of names or ids. */
export function matchesFilter(row: DeviceRow, filter: DeviceFilter, searchText: string): boolean {
  if (filter.kind !== "" && row.meter.kind !== filter.kind) return false;
  if (filter.gatewayId !== "" && row.meter.gatewayId !== filter.gatewayId) return false;
  if (filter.state !== "all" && row.state !== filter.state) return false;
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.every((word) => searchText.includes(word));
}

/** One line of the list: the head of a group, or a device with its depth in the tree. */
export type ListLine =
  | {
      readonly kind: "group";
      readonly key: string;
      readonly id: string;
      readonly rows: readonly DeviceRow[];
    }
  | {
      readonly kind: "device";
      readonly key: string;
      readonly row: DeviceRow;
      readonly depth: number;
    };

/** Devices under their gateways, in the order of the gateways' ids. */
export function linesByGateway(
  rows: readonly DeviceRow[],
  isOpen: (gatewayId: string) => boolean,
): readonly ListLine[] {
  const groups = new Map<string, DeviceRow[]>();
  for (const row of rows) {
    const group = groups.get(row.meter.gatewayId) ?? [];
    groups.set(row.meter.gatewayId, group);
    group.push(row);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, group]): ListLine[] => [
      { kind: "group", key: `group-${id}`, id, rows: group },
      ...(isOpen(id) ? group.map(deviceLine) : []),
    ]);
}

function deviceLine(row: DeviceRow): ListLine {
  return { kind: "device", key: row.meter.id, row, depth: 0 };
}

/**
 * Devices below the meters above them. A device whose parent is filtered away, or that stands below
 * itself, is shown at the top, so that none is lost.
 */
export function linesByTree(rows: readonly DeviceRow[]): readonly ListLine[] {
  const byId = new Map(rows.map((row) => [row.meter.id, row]));
  const children = new Map<string, DeviceRow[]>();
  const tops: DeviceRow[] = [];
  for (const row of rows) {
    const { parentId } = row.meter;
    if (parentId === null || !byId.has(parentId)) tops.push(row);
    else children.set(parentId, [...(children.get(parentId) ?? []), row]);
  }
  const lines: ListLine[] = [];
  const seen = new Set<string>();
  const visit = (row: DeviceRow, depth: number): void => {
    const { id } = row.meter;
    if (seen.has(id)) return;
    seen.add(id);
    lines.push({ kind: "device", key: id, row, depth });
    for (const child of children.get(id) ?? []) visit(child, depth + 1);
  };
  for (const top of tops) visit(top, 0);
  for (const row of rows) visit(row, 0);
  return lines;
}

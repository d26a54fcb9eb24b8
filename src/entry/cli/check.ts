import type { Config } from "../../config.ts";
import type { Meter } from "../../domain/park.ts";

/** What `zcp check` says about a configuration that can be used. */
export function understood(config: Config): string {
  const { park, enterprises, gateways, meters } = config.parkContent;
  const byRole = counts(meters.map(({ role }) => role));
  const byKind = counts(meters.map(({ kind }) => kind));
  return [
    `park file   ${config.parkPath}`,
    `park        ${park.id}: ${park.name.zh} / ${park.name.en}, ${park.timezone}`,
    `grid        ${gridText(config)}`,
    `storage     ${park.storage.map((s) => `${s.id} ${s.powerMaxKw} kW / ${s.capacityKwh} kWh`).join(", ") || "none"}`,
    `registered  ${enterprises.length} enterprises, ${gateways.length} gateways, ${meters.length} devices`,
    `by role     ${byRole}`,
    `by kind     ${byKind}`,
    `tree        ${treeText(meters)}`,
    `data        ${config.dataDir}`,
    `console     ${config.http.host}:${config.http.port}`,
    `MQTT        ${config.mqtt.url === null ? `embedded broker on ${config.mqtt.listenHost}:${config.mqtt.listenPort}` : "external broker"}`,
    "",
  ].join("\n");
}

/** Every setting, its value and its source, in columns. */
export function settingsTable(config: Config): string {
  const rows = config.settings.map(({ name, value, origin, source }) => [
    name,
    value ?? "–",
    source === null || source === name ? origin : `${origin} ${source}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return `${rows
    .map(([name = "", value = "", from = ""]) =>
      `${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${from}`.trimEnd(),
    )
    .join("\n")}\n`;
}

function gridText(config: Config): string {
  const { grid } = config.parkContent.park;
  if (grid === null) return "none";
  return `${grid.voltageKv} kV, import to ${grid.importLimitKw} kW, export to ${grid.exportLimitKw} kW`;
}

function treeText(meters: readonly Meter[]): string {
  const parents = new Map(meters.map(({ id, parentId }) => [id, parentId]));
  const depthOf = (id: string): number => {
    const parent = parents.get(id) ?? null;
    return parent === null ? 1 : 1 + depthOf(parent);
  };
  const depth = Math.max(0, ...meters.map(({ id }) => depthOf(id)));
  return `${meters.filter(({ parentId }) => parentId === null).length} roots, ${depth} levels`;
}

function counts(names: readonly string[]): string {
  const tally = new Map<string, number>();
  for (const name of names) tally.set(name, (tally.get(name) ?? 0) + 1);
  return [...tally].map(([name, count]) => `${count} ${name}`).join(", ") || "none";
}

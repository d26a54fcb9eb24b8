import type { FlowsAnswer } from "../../app/query-flows.ts";
import type { Registry } from "../../app/registry.ts";
import type { FlowsBody } from "../../contracts/energy-analysis.ts";
import type { FlowNode } from "../../domain/energy/flow-graph.ts";
import type { LocalName } from "../../domain/park.ts";
import { instantText } from "../../domain/time.ts";

const names: Readonly<Record<string, LocalName>> = {
  grid: { zh: "公共电网", en: "Public grid" },
  pv: { zh: "光伏", en: "Photovoltaics" },
  direct: { zh: "绿电直连", en: "Direct line" },
  main: { zh: "总表", en: "Mains" },
  storage: { zh: "储能", en: "Storage" },
  "storage-balance": { zh: "储能损耗与存量变化", en: "Storage loss and change of stock" },
  bus: { zh: "园区供能", en: "Supply of the park" },
  export: { zh: "上网", en: "Export" },
  unmetered: { zh: "损耗与未计量", en: "Loss and unmetered" },
  "excess-metered": { zh: "计量多出", en: "Metered beyond supply" },
  "group:": { zh: "未分组", en: "No group" },
  "enterprise:": { zh: "园区公用", en: "Park itself" },
  compute: { zh: "算力设备", en: "Computers" },
  overhead: { zh: "制冷与辅助", en: "Cooling and auxiliaries" },
};

export function flowsBody(registry: Registry, answer: FlowsAnswer): FlowsBody {
  const { carrier, unit, interval, graph, slotsExpected, slotsShown, grade } = answer;
  return {
    ...{ carrier, unit, slotsExpected, slotsShown, grade },
    ...{ from: instantText(interval.startMs), to: instantText(interval.endMs) },
    nodes: (graph?.nodes ?? []).map((node) => ({ ...node, name: nameOf(registry, node) })),
    links: (graph?.links ?? []).map((link) => ({ ...link })),
    coverage: slotsExpected === 0 ? null : slotsShown / slotsExpected,
    missingMeters: [...answer.missingMeterIds],
  };
}

function nameOf(registry: Registry, { id, type, refId }: FlowNode): LocalName {
  const own = { zh: id, en: id };
  if (refId === null) return names[id] ?? own;
  if (type === "load-group") {
    return registry.park.loadGroups.find((group) => group.id === refId)?.name ?? own;
  }
  if (type === "enterprise") return registry.enterprise(refId)?.name ?? own;
  return names[type] ?? own;
}

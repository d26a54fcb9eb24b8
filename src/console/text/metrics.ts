import type { DeviceKind } from "../../contracts/device-kinds.ts";
import { kindNames, type MetricName, metricNames } from "../../contracts/metric-names.ts";
import { say } from "./language.ts";

/** Name of a metric in the language of the person; an unknown one keeps its own name. */
export function metricWord(metric: string): string {
  return metric in metricNames ? say(metricNames[metric as MetricName]) : metric;
}

export function kindWord(kind: string): string {
  return kind in kindNames ? say(kindNames[kind as DeviceKind]) : kind;
}

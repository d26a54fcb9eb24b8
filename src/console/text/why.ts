import type { Texts } from "./language.ts";

/** The drawer that explains a number. */
export const why = {
  title: ["为什么是这个数", "Why this number"],
  value: ["数值", "Value"],
  formula: ["算式", "Formula"],
  parts: ["分项", "Parts"],
  inputs: ["输入", "Inputs"],
  period: ["时段", "Period"],
  at: ["时刻", "Instant"],
  coverage: ["覆盖", "Coverage"],
  revision: ["版本", "Revision"],
  rule: ["规则", "Rule"],
  meters: [
    (count: string) => `${count} 台表计`,
    (count: string) => `${count} ${count === "1" ? "meter" : "meters"}`,
  ],
  revisionUpTo: [
    (revision: string) => `修订至第 ${revision} 版`,
    (revision: string) => `up to revision ${revision}`,
  ],
  estimated: [
    (share: string) => `其中估计 ${share}`,
    (share: string) => `of it estimated ${share}`,
  ],
  openReadings: ["打开读数", "Open readings"],
  more: [(count: string) => `另有 ${count} 台`, (count: string) => `${count} more`],
  gone: ["这个数字不在本页", "This number is not on this page"],
} satisfies Texts;

import type { MeterEventBody } from "../../contracts/meter-events.ts";
import type { Pair, Texts } from "./language.ts";

type EventType = MeterEventBody["type"];

/** What happened to a meter, and the other reasons for which a slot is restated. */
const reasons: Readonly<Record<EventType | "late_reading", Pair>> = {
  ...{ replacement: ["换表", "Replacement"], multiplier: ["倍率更正", "Multiplier"] },
  ...{
    reset: ["表码清零或改设", "Register reset"],
    invalidation: ["读数作废", "Invalid readings"],
  },
  ...{ calibration: ["检定", "Calibration"], withdrawal: ["撤销", "Withdrawal"] },
  ...{ late_reading: ["读数到达", "Reading arrived"] },
};

/** The word for a type of event or a reason; one that is new keeps its own name. */
export function reasonPair(reason: string): Pair {
  return reason in reasons ? reasons[reason as EventType] : [reason, reason];
}

export const life = {
  title: ["表计履历", "Life of the meter"],
  record: ["登记事件", "Record an event"],
  none: ["尚未登记事件", "Nothing has been recorded"],
  oldFinal: ["旧表止码", "Old meter ended at"],
  newInitial: ["新表起码", "New meter began at"],
  beforeReset: ["清零前表码", "Register before"],
  afterReset: ["清零后表码", "Register after"],
  unknown: ["未知", "unknown"],
  multiplier: ["倍率", "Multiplier"],
  until: ["至", "until"],
  validUntil: ["有效至", "Valid until"],
  certificate: ["证书", "Certificate"],
  accuracy: ["准确度等级", "Accuracy class"],
  reason: ["原因", "Reason"],
  by: [
    (who: string, time: string) => `${who} 登记于 ${time}`,
    (who: string, time: string) => `recorded by ${who}, ${time}`,
  ],
  withdraw: ["撤销", "Withdraw"],
  withdrawn: ["已撤销", "Withdrawn"],
  notAllowed: [
    "登记与判定需要能源管理员或系统管理员",
    "Recording and deciding need an energy manager or system admin",
  ],
  recorded: [
    "已登记，受影响的时段正在重算",
    "Recorded; the quarter hours that it concerns are worked out again",
  ],
} satisfies Texts;

export const task = {
  fell: [
    (register: string, before: string, after: string) =>
      `${register}表码从 ${before} 降到 ${after}，未说明原因；其后数据为暂定`,
    (register: string, before: string, after: string) =>
      `${register} fell from ${before} to ${after} and nobody has said why; what follows is provisional`,
  ],
  between: [
    (last: string, first: string) => `降前最后读数 ${last}，降后首个读数 ${first}`,
    (last: string, first: string) => `last reading before ${last}, first one after ${first}`,
  ],
  decide: ["判定", "Decide"],
  lead: [
    "表码下降而原因不明。查明后登记换表、清零或作废；在此之前按表码继续计量，其后数据标为暂定。",
    "A register fell and nobody knows why. Find out and record a replacement, a reset or invalid readings; until then it counts on and what follows is marked as provisional.",
  ],
  empty: ["没有待判定的事项", "Nothing waits for a decision"],
  provisional: ["暂定", "provisional"],
  provisionalWhy: [
    "表码下降尚未判定，数值可能改变",
    "A fall of the register is not decided yet; the value may change",
  ],
} satisfies Texts;

export const lifeForm = {
  title: [(name: string) => `登记事件 · ${name}`, (name: string) => `Record an event · ${name}`],
  withdrawTitle: [
    (event: string) => `撤销事件 · ${event}`,
    (event: string) => `Withdraw an event · ${event}`,
  ],
  effect: [
    "受影响的时段会重算为新版本，旧版本保留。",
    "Quarter hours that it concerns become new revisions; the old ones are kept.",
  ],
  withdrawEffect: [
    "该事件留在履历中并划去，它改变过的时段会重算。",
    "The event stays in the record, struck through; what it changed is worked out again.",
  ],
  type: ["类型", "Type"],
  at: [
    (zone: string) => `时刻（园区时间 ${zone}）`,
    (zone: string) => `Instant (park time, ${zone})`,
  ],
  atOldMeter: [
    "此刻及之前的读数属于旧表；更正为实际换表时刻",
    "Readings up to and including it belong to the old meter; correct it to when the change was made",
  ],
  atReset: ["此刻之后表码被清零或改设", "The register was cleared or set after this instant"],
  atMultiplier: [
    "从此刻起生效，直到下一个有日期的倍率",
    "In force from here on, up to the next dated multiplier",
  ],
  from: [(zone: string) => `从（园区时间 ${zone}）`, (zone: string) => `From (park time, ${zone})`],
  to: [(zone: string) => `到（园区时间 ${zone}）`, (zone: string) => `To (park time, ${zone})`],
  bothIncluded: [
    "两端都包括；读数保留但不计量",
    "Both ends included; the readings stay stored and count for nothing",
  ],
  stand: [
    (place: string, register: string, unit: string) => `${place} · ${register}（${unit}）`,
    (place: string, register: string, unit: string) => `${place} · ${register} (${unit})`,
  ],
  lastReading: [
    (value: string, time: string) => `最后读数 ${value}（${time}）；表显示值，不乘倍率`,
    (value: string, time: string) => `Last reading ${value} (${time}); as displayed, no multiplier`,
  ],
  firstReading: [
    (value: string, time: string) => `首个读数 ${value}（${time}）；不知道就空着`,
    (value: string, time: string) => `First reading ${value} (${time}); leave empty if unknown`,
  ],
  asDisplayed: [
    "表显示值，不乘倍率；不知道就空着",
    "As displayed, no multiplier; leave empty if unknown",
  ],
  standsUnknown: [
    "止码或起码未知时，换表前后没有读数的部分不计入。",
    "Without the end or the beginning, what flowed between the readings around it is not counted.",
  ],
  otherRegisters: ["其他寄存器", "Other registers"],
  newMultiplier: ["新倍率（不变则空着）", "New multiplier (empty: as before)"],
  value: ["倍率（CT × PT）", "Multiplier (CT × PT)"],
  validUntil: ["有效至（可空）", "Valid until (optional)"],
  certificate: ["证书编号（可空）", "Certificate (optional)"],
  accuracy: ["准确度等级 %（可空）", "Accuracy class, % (optional)"],
  reason: ["原因", "Reason"],
  reasonOptional: ["原因（可空）", "Reason (optional)"],
  save: ["登记", "Record"],
  needInstant: [
    "填写完整的日期和时间；该时刻须在园区存在",
    "Give a whole date and time that exists in the park",
  ],
  needReason: ["请写明原因", "Say why"],
  needNumber: ["只填数字，小数点用“.”", "A number is needed here, with a point for decimals"],
  needStand: ["填 0 到 1e12 之间的数", "A number from 0 to 1e12"],
  needMultiplier: ["填大于 0、不超过 1e6 的数", "A number above 0, at most 1e6"],
  needAccuracy: ["填大于 0、不超过 10 的数", "A number above 0, at most 10"],
} satisfies Texts;

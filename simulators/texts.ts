export type Language = "zh" | "en";

/** `zh` when the environment asks for Chinese, by the usual order of precedence; else `en`. */
export function languageOf(environment: NodeJS.ProcessEnv): Language {
  const wanted = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  return /^zh/i.test(wanted) ? "zh" : "en";
}

/** What the simulators say to a person, in both languages. */
export interface Texts {
  readonly begins: (begin: Beginning) => string;
  readonly continues: (fromText: string) => string;
  readonly worked: (quarterCount: number, seconds: string) => string;
  readonly sent: (progress: Sent) => string;
  readonly finished: (sampleCount: number, seconds: string) => string;
  readonly live: (gatewayCount: number, deviceCount: number) => string;
  readonly trouble: (gatewayId: string, reason: string) => string;
  readonly command: (deviceId: string, status: string, reason: string) => string;
  readonly stopping: string;
}

export interface Beginning {
  readonly deviceCount: number;
  readonly gatewayCount: number;
  readonly seed: number;
  readonly from: string;
  readonly latch: boolean;
  readonly faults: string;
}

export interface Sent {
  readonly percent: number;
  readonly sampleCount: number;
  readonly openTaskCount: number;
}

const grouped = (count: number): string => count.toLocaleString("en-US");

export const texts: Readonly<Record<Language, Texts>> = {
  zh: {
    begins: ({ deviceCount, gatewayCount, seed, from, latch, faults }) =>
      `模拟器：${gatewayCount} 个网关、${deviceCount} 台设备，种子 ${seed}，自 ${from}，整点冻结${latch ? "开" : "关"}，故障 ${faults}`,
    continues: (from) => `接续上次运行，自 ${from} 起`,
    worked: (quarters, seconds) => `已推演 ${grouped(quarters)} 个时段，用时 ${seconds} s`,
    sent: ({ percent, sampleCount, openTaskCount }) =>
      `补录 ${percent}% · ${grouped(sampleCount)} 条样本 · 余 ${openTaskCount} 段`,
    finished: (samples, seconds) => `补录完成：${grouped(samples)} 条样本，用时 ${seconds} s`,
    live: (gateways, devices) => `实时上报：${gateways} 个网关、${devices} 台设备`,
    trouble: (gateway, reason) => `网关 ${gateway}：${reason}；将继续重试`,
    command: (device, status, reason) =>
      `指令 ${device}：${status}${reason === "" ? "" : `（${reason}）`}`,
    stopping: "模拟器正在停止 …",
  },
  en: {
    begins: ({ deviceCount, gatewayCount, seed, from, latch, faults }) =>
      `simulators: ${gatewayCount} gateways, ${deviceCount} devices, seed ${seed}, from ${from}, latching ${latch ? "on" : "off"}, faults ${faults}`,
    continues: (from) => `continuing the last run, from ${from}`,
    worked: (quarters, seconds) => `worked out ${grouped(quarters)} quarter hours in ${seconds} s`,
    sent: ({ percent, sampleCount, openTaskCount }) =>
      `history ${percent}% · ${grouped(sampleCount)} samples · ${openTaskCount} pieces left`,
    finished: (samples, seconds) => `history complete: ${grouped(samples)} samples in ${seconds} s`,
    live: (gateways, devices) => `live: ${gateways} gateways, ${devices} devices`,
    trouble: (gateway, reason) => `gateway ${gateway}: ${reason}; trying again`,
    command: (device, status, reason) =>
      `command for ${device}: ${status}${reason === "" ? "" : ` (${reason})`}`,
    stopping: "the simulators are stopping …",
  },
};

import { language } from "./language.ts";

/**
 * The service writes the detail of what it set aside in English and keeps it so, because the same
 * sentence stands in the log and in the API. Here its sentences are known by their shape and told in
 * Chinese with the same names and figures. A test holds these shapes against the sentences that the
 * service really writes; a sentence that nobody knows is shown as it came.
 */
type Sentence = readonly [shape: RegExp, zh: (...parts: readonly string[]) => string];

const sentences: readonly Sentence[] = [
  [/^sample (\d+): (.+)$/s, (index, rest) => `第 ${Number(index) + 1} 个采样：${chinese(rest)}`],
  [
    /^(\d+) bytes exceed (\d+); send fewer/,
    (bytes, max) => `${bytes} 字节，超过上限 ${max} 字节；请减少每条消息的采样数`,
  ],
  [/^the payload is not UTF-8;/, () => "报文不是 UTF-8 编码；请按 UTF-8 发送（GBK 需要映射文件）"],
  [
    /^objects and arrays nest deeper than (\d+);/,
    (max) => `对象和数组的嵌套超过 ${max} 层；请减少层次`,
  ],
  [
    /^the payload is not JSON that may be read: (.+)$/s,
    (reason) => `报文不是可以读取的 JSON：${reason}`,
  ],
  [/^the payload is not a JSON object$/, () => "报文不是 JSON 对象"],
  [
    /^samples: must be a list with at least one sample$/,
    () => "samples 必须是至少含一个采样的列表",
  ],
  [
    /^samples: (\d+) samples exceed (\d+); send several messages$/,
    (count, max) => `samples 含 ${count} 个采样，超过 ${max} 个；请分成几条消息`,
  ],
  [
    /^("(?:.*)") is larger than any number that can be kept;/s,
    (name) => `${name} 的数值过大，无法保存；没有读数时请不要带这个量`,
  ],
  [
    /^("(?:.*)") is (a text over 64 characters|null|true or false|a list|an object); send a number/s,
    (name, what) => `${name} 是${kinds[what]}；请发送数字或短文本，没有读数时不要带这个量`,
  ],
  [
    /^no device of this id is registered; .* gateway (\S+)$/,
    (gateway) => `没有登记这个编号的设备；请在控制台纳管，或登记到网关 ${gateway}`,
  ],
  [
    /^(\S+) belongs to gateway (\S+), not to (\S+);/,
    (device, own, other) =>
      `${device} 属于网关 ${own}，不属于 ${other}；请通过它自己的网关发布，或修改登记`,
  ],
  [
    /^(.+) is more than 5 minutes after the server's (\S+); set the clock of (\S+),/,
    (at, now, device) =>
      `${at} 比服务器时间 ${now} 超前 5 分钟以上；请校准 ${device} 的时钟，ts 以毫秒计`,
  ],
  [
    /^(.+) is before (\S+), the oldest that is taken; set the clock of (\S+),/,
    (at, oldest, device) =>
      `${at} 早于可接收的最早时间 ${oldest}；请校准 ${device} 的时钟，ts 以毫秒而不是秒计`,
  ],
  [/^the sample has no metric;/, () => "采样中没有任何量；请在 values 下至少发送一个"],
  [
    /^(\S+) has no metric (".*"); send the names of the contract/s,
    (kind, metric) => `${kind} 类设备没有 ${metric} 这个量；请使用约定的名称，或改正设备种类`,
  ],
  [
    /^(\S+) holds control characters: (".*"); send printable text$/s,
    (metric, text) => `${metric} 含控制字符：${text}；请发送可显示的文本`,
  ],
  [
    /^(\S+) is a number, not the text (".*"); send it without quotes/s,
    (metric, text) =>
      `${metric} 应为数字，收到的是文本 ${text}；不要加引号，没有读数时不要带这个量`,
  ],
  [
    /^(\S+) is (.+), which devices send for no reading;/,
    (metric, value) => `${metric} 为 ${value}，这是设备表示“没有读数”的值；没有读数时不要带这个量`,
  ],
  [
    /^(\S+) is (.+), outside (\S+) to (\S+); check the unit/,
    (metric, value, min, max) =>
      `${metric} 为 ${value}，超出 ${min} 至 ${max} 的范围；请检查网关中的单位和倍率`,
  ],
  [
    /^(\S+) is (.+), more than (\S+) times the rated maximum of (\S+) kW;/,
    (metric, value, factor, rated) =>
      `${metric} 为 ${value}，超过额定最大 ${rated} kW 的 ${factor} 倍；请检查网关中的倍率和登记`,
  ],
  [
    /^the topic is not (\S+) with ids of (.+)$/,
    (form, letters) => `主题不是 ${form} 的形式，编号只能用 ${letters}`,
  ],
  [
    /^the topic names park (\S+), this is (\S+);/,
    (named, own) => `主题中的园区是 ${named}，这里是 ${own}；请在网关中改正园区编号`,
  ],
  [/^the message could not be worked on;/, () => "这条消息无法处理；原因见服务日志"],
];

const kinds: Readonly<Record<string, string>> = {
  "a text over 64 characters": "超过 64 个字符的文本",
  null: " null",
  "true or false": "真假值",
  "a list": "列表",
  "an object": "对象",
};

/** Complaints of the schema, each with its place before it. */
const complaints: readonly Sentence[] = [
  [/^Invalid input: expected (\S+), received (\S+)$/, (want, got) => `应为 ${want}，收到 ${got}`],
  [/^Invalid input$/, () => "值不合要求"],
  [/^Unrecognized keys?: (.+)$/, (keys) => `没有这个字段：${keys}`],
  [/^at most (\d+) metrics$/, (max) => `最多 ${max} 个量`],
  [/^Invalid option: expected one of (.+)$/, (options) => `只能取 ${options}`],
  [
    /^Too (?:small|short): expected \S+ to have >=(\d+) (?:characters|items)$/,
    (min) => `长度至少为 ${min}`,
  ],
  [
    /^Too (?:big|long): expected \S+ to have <=(\d+) (?:characters|items)$/,
    (max) => `长度最多为 ${max}`,
  ],
  [/^Invalid key in record$/, () => "名称不合要求"],
  [/^and (\d+) more$/, (count) => `另有 ${count} 处`],
];

function told(text: string, known: readonly Sentence[]): string | null {
  for (const [shape, zh] of known) {
    const found = shape.exec(text);
    if (found !== null) return zh(...found.slice(1));
  }
  return null;
}

/** `place: complaint; place: complaint; and 2 more`, of which each part is told by itself. */
function toldComplaints(detail: string): string | null {
  const parts = detail.split("; ").map((part) => {
    const [, place, complaint = ""] = /^([\w.-]+): (.+)$/s.exec(part) ?? [null, undefined, part];
    const zh = told(complaint, complaints);
    if (zh === null) return null;
    return place === undefined ? zh : `${place}：${zh}`;
  });
  return parts.every((part) => part !== null) ? parts.join("；") : null;
}

function chinese(detail = ""): string {
  return told(detail, sentences) ?? toldComplaints(detail) ?? detail;
}

/** What was wrong with a payload, in the language of the person. */
export function quarantineDetail(detail: string): string {
  return language.value === "zh" ? chinese(detail) : detail;
}

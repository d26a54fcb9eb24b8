/**
 * Errors are written in English where they arise, because logs and answers of the API hold the same
 * sentences. On a terminal that asks for Chinese they are told in Chinese, known by their shape, with
 * the same names and figures; a sentence that nobody knows is shown as it came.
 */
type Sentence = readonly [shape: RegExp, zh: (...parts: readonly string[]) => string];

const complaints: readonly Sentence[] = [
  [/^unknown (variable|key)$/, (what) => (what === "key" ? "没有这个字段" : "没有这个变量")],
  [/^must be a whole number from (\S+) to (\S+)$/, (min, max) => `应为 ${min} 至 ${max} 的整数`],
  [
    /^must be a size such as (.+), at least (\d+) bytes$/,
    (example, min) => `应为大小，例如 ${example?.replace(" or ", " 或 ")}，至少 ${min} 字节`,
  ],
  [/^must be a size such as (\S+)$/, (example) => `应为大小，例如 ${example}`],
  [/^must be one of (.+)$/, (names) => `只能取 ${names}`],
  [/^must be none or mosquitto$/, () => "只能取 none 或 mosquitto"],
  [
    /^must name (.+); this version runs them in one process$/,
    (names) => `应写 ${names}；本版本在一个进程中运行它们`,
  ],
  [/^must be an? (\S+) or (\S+) address$/, (one, other) => `应为 ${one} 或 ${other} 地址`],
  [/^must be a (postgres:\/\/) address$/, (form) => `应为 ${form} 地址`],
  [
    /^must have 32 characters at least; (`.+`) makes a good one$/,
    (command) => `至少 32 个字符；可用 ${command} 生成`,
  ],
  [
    /^must be a host name or address .* such as (\S+)$/,
    (example) => `应为主机名或监听地址，例如 ${example}`,
  ],
  [/^must be a folder$/, () => "应为文件夹"],
  [/^must be a file$/, () => "应为文件"],
  [
    /^must be a list of `key: value` lines, such as (.+)$/,
    (line) => `应为“键: 值”的各行，例如 ${line}`,
  ],
  [
    /^the park file cannot be read \((\S+)\); set ZCP_PARK to a file such as (\S+)$/,
    (code, example) => `无法读取园区文件（${code}）；请把 ZCP_PARK 设为一个文件，例如 ${example}`,
  ],
  [/^the file (.+) cannot be read$/, (file) => `无法读取文件 ${file}`],
  [/^set this or (\S+), not both$/, (twin) => `它和 ${twin} 只能设置一个`],
  [
    /^"(.*)" is no time zone; write an IANA name such as (\S+)$/,
    (name, example) => `“${name}”不是时区；请写 IANA 名称，例如 ${example}`,
  ],
  [
    /^the id "(.*)" is taken by (\S+); every id in (\S+) is used once$/,
    (id, place, list) => `编号“${id}”已被 ${place} 使用；${list} 中每个编号只能用一次`,
  ],
  [
    /^(\S+) is not below socMaxFraction (\S+)$/,
    (low, high) => `${low} 不小于 socMaxFraction 的 ${high}`,
  ],
  [
    /^meter "(.*)" names the (\S+(?: \S+)?) "(.*)", which the file does not have$/,
    (meter, noun, id) => `表计“${meter}”引用的${nouns[noun ?? ""] ?? noun}“${id}”不在文件中`,
  ],
  [
    /^the parent of a storage-bms is its PCS, not a (\S+)$/,
    (kind) => `storage-bms 的上级应为它的 PCS，不能是 ${kind}`,
  ],
  [/^the metering tree runs in a circle: (.+)$/, (circle) => `计量树成环：${circle}`],
  [/^Invalid option: expected one of (.+)$/, (names) => `只能取 ${names?.replaceAll("|", "、")}`],
  [/^Invalid input: expected (\S+), received (\S+)$/, (want, got) => `应为 ${want}，实为 ${got}`],
  [
    /^Too small: expected \S+ to be (>=?)(\S+)$/,
    (sign, bound) => `应${sign === ">" ? "大于" : "不小于"} ${bound}`,
  ],
  [
    /^Too big: expected \S+ to be (<=?)(\S+)$/,
    (sign, bound) => `应${sign === "<" ? "小于" : "不大于"} ${bound}`,
  ],
  [/^Unrecognized keys?: (.+)$/, (keys) => `没有这个字段：${keys}`],
];

const nouns: Readonly<Record<string, string>> = {
  enterprise: "企业",
  gateway: "网关",
  "load group": "负荷组",
  meter: "表计",
};

const sentences: readonly Sentence[] = [
  [
    /^port (\d+) is taken( by .+)?; stop that program or set (\S+) to another port/,
    (port, holder, variable) =>
      `端口 ${port} 已被${holder === undefined ? "" : ` ${holder.slice(4)} `}占用；请停止该程序，或把 ${variable} 设为别的端口（0 为任选空闲端口）`,
  ],
  [
    /^port (\d+) needs more rights than this user has; set (\S+) to a port above 1023$/,
    (port, variable) => `端口 ${port} 需要更高的权限；请把 ${variable} 设为 1023 以上的端口`,
  ],
  [
    /^the data folder (.+) is in use by process (\d+);/,
    (folder, pid) =>
      `数据目录 ${folder} 正被进程 ${pid} 使用；请停止该服务，或把 ZCP_DATA_DIR 设为别的文件夹`,
  ],
  [
    /^the data folder (.+) cannot be written \((.+?)\);/,
    (folder, code) =>
      `数据目录 ${folder} 无法写入（${code}）；请给当前用户写入权限，或把 ZCP_DATA_DIR 设为别的文件夹`,
  ],
  [/^the data folder (.+) does not exist$/, (folder) => `数据目录 ${folder} 不存在`],
  [/^the data folder (.+) is empty$/, (folder) => `数据目录 ${folder} 是空的`],
  [
    /^(.+) holds no data yet; start the service once, or set ZCP_DATA_DIR$/,
    (folder) => `${folder} 还没有数据；请先启动一次服务，或设置 ZCP_DATA_DIR`,
  ],
  [/^(.+) is not empty; name a new folder$/, (folder) => `${folder} 不是空的；请指定一个新文件夹`],
  [
    /^process (\d+) works on (.+); stop that service first$/,
    (pid, folder) => `进程 ${pid} 正在使用 ${folder}；请先停止该服务`,
  ],
  [
    /^(.+) cannot be read: (.+) is no complete backup$/,
    (file, folder) => `无法读取 ${file}：${folder} 不是完整的备份`,
  ],
  [
    /^(.+) cannot be opened: (.+); look at the disk, and restore a backup if the file is damaged$/s,
    (file, reason) => `无法打开 ${file}：${reason}；请检查磁盘，文件损坏时请恢复备份`,
  ],
  [
    /^set ZCP_BOOTSTRAP_TOKEN or --token-file to sign in$/,
    () => "请设置 ZCP_BOOTSTRAP_TOKEN 或 --token-file 以便登录",
  ],
  [
    /^--mqtt needs --username and --password-file$/,
    () => "--mqtt 需要 --username 和 --password-file",
  ],
  [/^--parallel takes a whole number from 1 to 64$/, () => "--parallel 应为 1 至 64 的整数"],
  [/^(\S+) refused the token \((\d+)\)$/, (origin, status) => `${origin} 拒绝了令牌（${status}）`],
  [/^(\S+) closed the connection$/, (url) => `${url} 关闭了连接`],
  [/^(.+) cannot be read: (.+)$/s, (file, reason) => `无法读取 ${file}：${reason}`],
  [/^(\S+) cannot be read$/, (file) => `无法读取 ${file}`],
];

function told(text: string, known: readonly Sentence[]): string | null {
  for (const [shape, zh] of known) {
    const found = shape.exec(text);
    if (found !== null) return zh(...found.slice(1));
  }
  return null;
}

/** `place: complaint (did you mean "x"?)`, of which the place stays as it is. */
export function chineseProblem(problem: string): string {
  const [, before = problem, meant] = /^(.*?) \(did you mean "(.+)"\?\)$/s.exec(problem) ?? [];
  const [, place, complaint = ""] = /^(.+?): (.+)$/s.exec(before) ?? [];
  const zh = told(complaint, complaints);
  if (place === undefined || zh === null) return problem;
  return `${place}：${zh}${meant === undefined ? "" : `（是否为 “${meant}”？）`}`;
}

/** What went wrong, for a person who reads Chinese. */
export function chineseError(message: string): string {
  return told(message, sentences) ?? message;
}

/** Whether the environment asks for Chinese, by the usual order of precedence. */
export function wantsChinese(environment: NodeJS.ProcessEnv): boolean {
  return /^zh/i.test(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "");
}

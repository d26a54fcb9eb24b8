/** Help of the command line, here as plain text so that it is printed without loading anything. */
export const commands = [
  ["start", "启动服务（不带模拟器）", "start the service alone, without simulators"],
  [
    "demo",
    "启动服务与模拟园区（即 npm start）",
    "start the service and a simulated park (npm start)",
  ],
  [
    "check",
    "检查配置与园区文件并说明理解的内容",
    "check configuration and park file, say what was understood",
  ],
  [
    "simulate",
    "运行模拟器：参数见 zcp simulate --help",
    "run the simulators; see zcp simulate --help",
  ],
  ["replay FILE", "把 NDJSON 记录重新送入平台", "send recorded NDJSON messages to the platform"],
  [
    "doctor",
    "检查 Node、磁盘、时钟、端口和数据目录",
    "check Node, disk, clock, ports and the data folder",
  ],
  [
    "migrate [up|status]",
    "升级或查看数据库结构",
    "bring the database schema up to date, or show it",
  ],
  ["backup DIR", "备份数据目录（先停止服务）", "back up the data folder (stop the service first)"],
  ["restore DIR", "从备份恢复（先停止服务）", "restore a backup (stop the service first)"],
  [
    "move",
    "把数据目录的历史移入 PostgreSQL 与 InfluxDB（先停止服务）",
    "move history into PostgreSQL and InfluxDB (stop the service first)",
  ],
  [
    "audit verify",
    "校验审计链（--heads 文件：与已发布的链头比对）",
    "walk the audit chain (--heads FILE: hold it against published heads)",
  ],
  [
    "user list|add|disable|enable|link",
    "账号：列出、新建、停用、启用、生成登录链接",
    "accounts: list, add, disable, enable, make a sign-in link",
  ],
  ["config print", "打印每项设置及其来源", "print every setting and where it came from"],
];

const texts = {
  zh: {
    usage: "用法：zcp <命令> [选项]",
    title: "能碳一体化管理平台",
    commands: "命令",
    options: "选项",
    settings: [
      ["--http-port 8081", "每个 ZCP_ 变量都有同名选项，例如 ZCP_HTTP_PORT"],
      ["--help, --version", "显示帮助；显示版本"],
    ],
    more: "设置的完整列表见 README.zh-CN.md；运行说明见 docs/operating.zh-CN.md。",
  },
  en: {
    usage: "Usage: zcp <command> [options]",
    title: "Energy and carbon platform for zero-carbon parks",
    commands: "Commands",
    options: "Options",
    settings: [
      ["--http-port 8081", "each ZCP_ variable has an option of its name, here ZCP_HTTP_PORT"],
      ["--help, --version", "show this help; show the version"],
    ],
    more: "All settings: README.md. Running it: docs/operating.md.",
  },
};

/** `zh` when the environment asks for Chinese, by the usual order of precedence; else `en`. */
export function languageOf(environment) {
  const wanted = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  return /^zh/i.test(wanted) ? "zh" : "en";
}

export function helpText(language) {
  const text = texts[language];
  const column = language === "zh" ? 1 : 2;
  const rows = (list) => list.map(([left, right]) => `  ${left.padEnd(22)}${right}`);
  return [
    text.title,
    "",
    text.usage,
    "",
    text.commands,
    ...rows(commands.map((row) => [row[0], row[column]])),
    "",
    text.options,
    ...rows(text.settings),
    "",
    text.more,
    "",
  ].join("\n");
}

import type { Texts } from "./language.ts";

/** The own account: password and second factor. */
export const accountWords = {
  username: ["用户名", "User name"],
  password: ["密码", "Password"],
  newPassword: ["新密码", "New password"],
  current: ["原密码", "Old password"],
  passwordHint: [
    "至少 10 个字符、三类；或 16 个字符的短语",
    "10 characters of three kinds, or a phrase of 16",
  ],
  setPassword: ["设置密码", "Set the password"],
  saved: ["已保存", "Saved"],
  firstRun: [
    "首次运行：请自选用户名和密码。没有默认账号。之后请在“系统”页指定安全管理员和审计员。",
    "First run: choose your user name and password. There is no default account. Then name the security administrator and the auditor under Administration.",
  ],
  noAccount: ["当前身份没有自己的账号。", "Whoever is signed in here has no account of its own."],
  secondFactor: ["第二因素（TOTP）", "Second factor (TOTP)"],
  isOn: ["已启用", "On"],
  isOff: ["未启用", "Off"],
  turnOn: ["启用", "Turn on"],
  turnOff: ["停用", "Turn off"],
  keyHow: [
    "把这个密钥输入验证器，再输入它显示的 6 位验证码。",
    "Enter this key into an authenticator, then the six digits that it shows.",
  ],
  openApp: ["在验证器中打开", "Open in an authenticator"],
  code: ["验证码", "Code"],
  confirm: ["确认", "Confirm"],
  recovery: [
    "恢复码：每个只能用一次，只在此处显示。请抄下来保存在手机之外。",
    "Recovery codes: each works once and is shown only here. Keep them somewhere else than on the telephone.",
  ],
  codesLeft: [(n: string) => `剩余恢复码 ${n} 个`, (n: string) => `${n} recovery codes left`],
} satisfies Texts;

/** Users, keys and their words. */
export const adminWords = {
  users: ["用户", "Users"],
  keys: ["密钥", "Keys"],
  audit: ["审计", "Audit"],
  add: ["新建", "Add"],
  name: ["名称", "Name"],
  role: ["角色", "Role"],
  enterprise: ["企业", "Enterprise"],
  state: ["状态", "State"],
  invited: ["尚未设置密码", "No password yet"],
  active: ["可用", "Active"],
  disabled: ["已停用", "Shut"],
  totp: ["第二因素", "Second factor"],
  disable: ["停用", "Shut"],
  enable: ["启用", "Open"],
  relink: ["登录链接", "Sign-in link"],
  relinkSure: [
    (name: string) => `为 ${name} 生成登录链接？第二因素将被取消，现有会话结束。`,
    (name: string) =>
      `Make a sign-in link for ${name}? Their second factor is taken off and their sessions end.`,
  ],
  disableSure: [
    (name: string) => `停用 ${name}？现有会话立即结束。`,
    (name: string) => `Shut the account ${name}? Its sessions end at once.`,
  ],
  linkOnce: [
    "一小时内有效，只能用一次，只在此处显示。请当面或通过可信渠道交给本人。",
    "Valid for an hour, works once, shown only here. Hand it over in person or in a way you trust.",
  ],
  noUsers: [
    "还没有账号 · 请先在“我的账号”设置自己的密码",
    "There is no account yet · set your own password under My account first",
  ],
  access: ["权限", "Access"],
  read: ["只读", "Read"],
  write: ["读写", "Write"],
  expires: ["到期", "Expires"],
  lastUsed: ["最近使用", "Last used"],
  revoked: ["已撤销", "Revoked"],
  expired: ["已过期", "Expired"],
  revoke: ["撤销", "Revoke"],
  revokeSure: [
    (name: string) => `撤销密钥 ${name}？使用它的程序将立即被拒绝。`,
    (name: string) => `Revoke the key ${name}? Programs that use it are refused at once.`,
  ],
  days: ["有效天数", "Days until it expires"],
  noKeys: ["还没有密钥", "There is no key yet"],
  keyOnce: [
    "只在此处显示，请立即存入程序的机密设置。",
    "Shown only here; put it into the secrets of the program now.",
  ],
  done: ["我已保存", "I have it"],
} satisfies Texts;

export const auditWords = {
  whole: ["审计链完整", "The audit chain is whole"],
  broken: ["审计链不完整", "The audit chain does not hold"],
  verify: ["校验", "Verify"],
  verified: [
    (entries: string, heads: string) => `${entries} 条，${heads} 个签名链头`,
    (entries: string, heads: string) => `${entries} entries, ${heads} signed heads`,
  ],
  firstFault: [(seq: string) => `首个问题：第 ${seq} 条`, (seq: string) => `First at entry ${seq}`],
  number: ["序号", "No."],
  at: ["时间", "Time"],
  actor: ["操作者", "Actor"],
  action: ["动作", "Action"],
  object: ["对象", "Object"],
  result: ["结果", "Result"],
  request: ["请求", "Request"],
  search: ["筛选", "Filter"],
  more: ["更早", "Earlier"],
  empty: ["没有符合条件的条目", "No entry fits"],
} satisfies Texts;

export const auditResultWords = {
  done: ["完成", "Done"],
  refused: ["被拒绝", "Refused"],
  failed: ["失败", "Failed"],
} satisfies Texts;

import type { Texts } from "./language.ts";

export const signInWords = {
  lead: [
    "零碳园区的用能与碳排放：监测、分析、预警、调度",
    "Energy and carbon of a zero-carbon park: monitor, analyse, warn, steer",
  ],
  checking: ["正在核对登录链接…", "Checking the sign-in link…"],
  how: [
    "首次运行时，终端会打印一个一次性登录链接，打开即可登录并自选用户名和密码。",
    "At the first run the service prints a one-time sign-in link in the terminal; open it to choose your user name and password.",
  ],
  again: [
    "链接已用过或已过期时，运行 npx zcp user link 或重新启动服务，即可得到新的链接。",
    "When a link was used or has expired, `npx zcp user link` or a restart of the service makes a new one.",
  ],
  account: ["用户名，或登录链接", "User name, or sign-in link"],
  accountHint: ["用户名，或粘贴登录链接", "User name, or paste the link"],
  codeHint: [
    "验证器上的 6 位数字，或恢复码",
    "Six digits of the authenticator, or a recovery code",
  ],
  refused: ["登录没有成功", "Signing in did not succeed"],
} satisfies Texts;

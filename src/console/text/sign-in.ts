import type { Texts } from "./language.ts";

export const signInWords = {
  lead: [
    "零碳园区的用能与碳排放：监测、分析、预警、调度",
    "Energy and carbon of a zero-carbon park: monitor, analyse, warn, steer",
  ],
  checking: ["正在核对登录链接…", "Checking the sign-in link…"],
  how: [
    "启动服务时，终端会打印一个一次性登录链接，打开即可登录。",
    "The service prints a one-time sign-in link in the terminal when it starts; open it to sign in.",
  ],
  again: [
    "链接已用过或已过期时，运行 npx zcp user link 或重新启动服务，即可得到新的链接。",
    "When a link was used or has expired, `npx zcp user link` or a restart of the service makes a new one.",
  ],
  token: ["链接或令牌", "Link or token"],
  tokenHint: ["粘贴登录链接", "Paste the sign-in link"],
  refused: ["登录没有成功", "Signing in did not succeed"],
} satisfies Texts;

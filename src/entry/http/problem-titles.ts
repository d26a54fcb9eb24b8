/** Titles in Chinese and English, by code, else by status. Codes are stable, titles are not. */
const titles: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  400: ["请求有误", "Bad request"],
  401: ["未登录", "Not signed in"],
  403: ["没有权限", "Not allowed"],
  404: ["未找到", "Not found"],
  405: ["不支持此方法", "Method not allowed"],
  408: ["请求超时", "The request took too long"],
  409: ["与现有内容冲突", "Conflict"],
  413: ["请求过大", "Too large"],
  414: ["地址过长", "The address is too long"],
  415: ["不支持的内容类型", "Unsupported media type"],
  422: ["请求不合要求", "Request refused"],
  429: ["请求过于频繁", "Too many requests"],
  431: ["请求头过大", "The headers are too large"],
  500: ["内部错误", "Internal error"],
  503: ["暂时不可用", "Temporarily unavailable"],
  amendment_decided: ["更正已有决定", "The amendment is decided"],
  cross_site: ["拒绝跨站请求", "Cross-site request refused"],
  id_taken: ["编号已被占用", "The id is taken"],
  interval_too_long: ["时间跨度过长", "The interval is too long"],
  invalid_interval: ["时间区间无效", "The interval is invalid"],
  invalid_period: ["时期写法无效", "The period is invalid"],
  invalid_request: ["请求格式有误", "The request has the wrong shape"],
  json: ["无法读取 JSON", "The JSON cannot be read"],
  journal_full: ["日志已满，暂不接收", "The journal is full"],
  link_spent: ["登录链接无效或已使用", "The sign-in link is spent"],
  off_step: ["时刻不在步长边界上", "The instant is off the step"],
  period_busy: ["该月仍在结算中", "The month is still at work"],
  period_closed: ["该月已关账", "The month is closed"],
  period_not_over: ["该月尚未结束", "The month is not over"],
  period_open: ["该月未关账", "The month is not closed"],
};

/** The title in the language that the client asks for; Chinese unless it prefers English. */
export function problemTitle(
  problem: { readonly code: string; readonly status: number },
  acceptLanguage: string | undefined,
): { readonly language: "zh-CN" | "en"; readonly title: string } {
  const [zh, en] = titles[problem.code] ?? titles[problem.status] ?? ["错误", "Error"];
  return prefersEnglish(acceptLanguage)
    ? { language: "en", title: en }
    : { language: "zh-CN", title: zh };
}

/** Whether English comes before Chinese in an Accept-Language header. */
function prefersEnglish(acceptLanguage: string | undefined): boolean {
  const wanted = (acceptLanguage ?? "")
    .slice(0, 200)
    .split(",")
    .map((part, index) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const weight = parameters.map((text) => /^\s*q=([\d.]+)/.exec(text)?.[1]).find(Boolean);
      return { language: tag.split("-")[0], weight: Number(weight ?? 1), index };
    })
    .filter(({ language, weight }) => (language === "zh" || language === "en") && weight > 0)
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  return wanted[0]?.language === "en";
}

import type { Texts } from "./language.ts";

export const keyWords = {
  list: ["这张清单", "This list"],
  search: ["搜索", "Search"],
  arrows: ["在图表中移动光标", "Move the cursor in a chart"],
  rows: ["在列表中上下移动", "Move in a list"],
  why: ["打开“为什么”", "Open the reason of a number"],
  close: ["关闭", "Close"],
} satisfies Texts;

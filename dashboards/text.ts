export type Language = "zh-CN" | "en";
export const languages: readonly Language[] = ["zh-CN", "en"];

/** A text in both languages; Chinese is the one that is written first. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export function say(text: Text, language: Language): string {
  return language === "en" ? text.en : text.zh;
}

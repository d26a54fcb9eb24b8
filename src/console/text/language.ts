import { ref } from "vue";

export type Language = "zh" | "en";

/**
 * One text in both languages, side by side: an entry without its twin does not compile. A text with
 * figures in it is a pair of functions.
 */
export type Pair<T = string> = readonly [zh: T, en: T];

/** A group of texts, to be checked with `satisfies`. */
export type Texts = Readonly<Record<string, Pair | Pair<(...figures: never[]) => string>>>;

export const language = ref<Language>("zh");

/** The text in the language of the person; reactive where it is used in a template. */
export function say<T>([zh, en]: Pair<T>): T {
  return language.value === "zh" ? zh : en;
}

/** A name that stems from the registry. */
export function nameOf(name: { readonly zh: string; readonly en: string }): string {
  return name[language.value];
}

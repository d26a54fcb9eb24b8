import { ref, watch } from "vue";
import { type Language, language } from "../text/language.ts";
import { session } from "./session.ts";

export type Theme = "system" | "light" | "dark";

/** What the person chose; the wall is dark whatever they chose. */
export const theme = ref<Theme>("system");

const keyOf = (personId: string | undefined): string =>
  personId === undefined ? "zcp.preferences" : `zcp.preferences.${personId}`;

/** Reads what this person chose before and keeps what they choose from now on. */
export function keepPreferences(): void {
  watch(
    session,
    (person) => {
      const kept = read(keyOf(person?.id)) ?? read(keyOf(undefined));
      language.value = kept?.language === "en" ? "en" : "zh";
      theme.value = isTheme(kept?.theme) ? kept.theme : "system";
    },
    { immediate: true },
  );
  watch([language, theme], () => {
    const text = JSON.stringify({ language: language.value, theme: theme.value });
    try {
      // The sign-in page, where nobody is known yet, follows the last person.
      localStorage.setItem(keyOf(session.value?.id), text);
      localStorage.setItem(keyOf(undefined), text);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  });
}

function read(key: string): { language?: Language; theme?: unknown } | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function isTheme(value: unknown): value is Theme {
  return value === "system" || value === "light" || value === "dark";
}

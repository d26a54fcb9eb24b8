import { computed, ref } from "vue";
import { theme } from "./preferences.ts";
import { isSystemDark } from "./screen.ts";

export type PageLayout = "wall" | "console" | "phone";

/** How the page that is open is laid out. */
export const pageLayout = ref<PageLayout>("console");

/** Whether the wall is on the screen; it is dark whatever the person chose. */
export const isWallShown = computed(() => pageLayout.value === "wall");

export const isDarkTheme = computed(
  () =>
    isWallShown.value || theme.value === "dark" || (theme.value === "system" && isSystemDark.value),
);

import { computed, ref } from "vue";

/** Size of the window in CSS pixels. */
const size = ref({ width: window.innerWidth, height: window.innerHeight });
window.addEventListener("resize", () => {
  size.value = { width: window.innerWidth, height: window.innerHeight };
});

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = ref(darkQuery.matches);
darkQuery.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});

export const isSystemDark = computed(() => systemIsDark.value);

/** The breakpoints of the pages. */
export type Breadth = "phone" | "narrow" | "medium" | "full";

export const breadth = computed<Breadth>(() => {
  const { width } = size.value;
  if (width < 640) return "phone";
  if (width < 1100) return "narrow";
  return width < 1440 ? "medium" : "full";
});

/** Ratio from which the wall has five columns. */
const wideRatioMin = 2.6;

/** The logical canvas of the wall, and how it is scaled into the window. */
export interface WallCanvas {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly isWide: boolean;
}

export const wallCanvas = computed<WallCanvas>(() => {
  const { width, height } = size.value;
  const isWide = width / height >= wideRatioMin;
  const logical = { width: isWide ? 3840 : 1920, height: 1080 };
  const scale = Math.min(width / logical.width, height / logical.height);
  return { ...logical, scale, isWide };
});

/** A window as large as a wall shows the wall. */
export const isWallSized = computed(() => size.value.width >= 1900 && size.value.height >= 900);

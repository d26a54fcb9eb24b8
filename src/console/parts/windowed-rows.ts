import { computed, onBeforeUnmount, onMounted, type Ref, ref } from "vue";

/** Rows beyond the window that are drawn as well, so that scrolling shows no blank. */
const spareRows = 12;

/**
 * Which rows of a long list are near the window. Rows have one height, so the list keeps its whole
 * length by a space above and below, and hundreds of live rows cost no more than a screenful.
 */
export function useWindowedRows(
  list: Ref<HTMLElement | null>,
  count: Ref<number>,
  rowHeight: Ref<number>,
) {
  const viewport = ref({ top: 0, height: window.innerHeight });
  const measure = (): void => {
    const top = list.value?.getBoundingClientRect().top ?? 0;
    viewport.value = { top: -top, height: window.innerHeight };
  };
  onMounted(() => {
    measure();
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("scroll", measure);
    window.removeEventListener("resize", measure);
  });
  const range = computed(() => {
    const { top, height } = viewport.value;
    const first = Math.floor(top / rowHeight.value) - spareRows;
    const last = Math.ceil((top + height) / rowHeight.value) + spareRows;
    const from = Math.min(Math.max(0, first), Math.max(0, count.value - 1));
    const to = Math.max(from, Math.min(count.value, last));
    return { from, to };
  });
  return {
    range,
    spaceBefore: computed(() => range.value.from * rowHeight.value),
    spaceAfter: computed(() => Math.max(0, count.value - range.value.to) * rowHeight.value),
    /** Brings a row into the window. */
    reveal: (index: number): void => {
      const top = (list.value?.getBoundingClientRect().top ?? 0) + window.scrollY;
      const y = top + index * rowHeight.value;
      const isAbove = y < window.scrollY + 140;
      const isBelow = y + rowHeight.value > window.scrollY + window.innerHeight - 60;
      if (isAbove || isBelow) window.scrollTo({ top: y - window.innerHeight / 2 });
    },
  };
}

import { onBeforeUnmount, onMounted, type Ref, ref } from "vue";

/** Width of an element in its own pixels, whatever scale the wall is drawn at. */
export function useElementWidth(element: Ref<HTMLElement | null>): Ref<number> {
  const width = ref(0);
  const observer = new ResizeObserver(() => {
    width.value = element.value?.offsetWidth ?? 0;
  });
  onMounted(() => {
    if (element.value === null) return;
    width.value = element.value.offsetWidth;
    observer.observe(element.value);
  });
  onBeforeUnmount(() => observer.disconnect());
  return width;
}

import { type ComputedRef, computed, onScopeDispose, shallowReactive } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { Figure, Figures } from "../figures/figure.ts";
import { isDisplayOnly } from "./session.ts";

/** The figures of everything that is shown; the drawer finds the one that its address names. */
const shown = shallowReactive(new Set<ComputedRef<Figures>>());

/** Lets the drawer explain these figures while the page or panel that has them is shown. */
export function explainFigures(figures: ComputedRef<Figures>): void {
  shown.add(figures);
  onScopeDispose(() => shown.delete(figures));
}

function find(id: string): Figure | null {
  for (const { value } of shown) {
    const figure = value[id];
    if (figure !== undefined) return figure;
  }
  return null;
}

const openedHere = "whyOpenedHere";
const wasOpenedHere = (): boolean => history.state?.[openedHere] === true;

/** What the address asks about, and how to ask; a wall screen cannot ask. */
export function useWhy() {
  const route = useRoute();
  const router = useRouter();
  const mayAsk = computed(() => !isDisplayOnly() && route.query.kiosk === undefined);
  const askedId = computed(() => {
    const { why } = route.query;
    return typeof why === "string" && mayAsk.value ? why : null;
  });
  const asked = computed<Figure | null>(() =>
    askedId.value === null ? null : find(askedId.value),
  );
  return {
    mayAsk,
    askedId,
    asked,
    /** The drawer is one place of the history, whatever was asked in it. */
    open: (id: string): void => {
      if (!mayAsk.value) return;
      const query = { ...route.query, why: id };
      if (askedId.value === null) void router.push({ query, state: { [openedHere]: true } });
      else void router.replace({ query, state: { [openedHere]: wasOpenedHere() } });
    },
    /** Back to the place before it; a page that was opened with the drawer in its address has none. */
    close: (): void => {
      if (askedId.value === null) return;
      const { why: _why, ...query } = route.query;
      if (wasOpenedHere()) router.back();
      else void router.replace({ query });
    },
  };
}

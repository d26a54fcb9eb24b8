import { onBeforeUnmount, onMounted, ref } from "vue";
import { useRouter } from "vue-router";
import { useWhy } from "./why.ts";

/** How long the second key of a pair such as `g o` may take. */
const pairWithinMs = 1_200;

const pages: Readonly<Record<string, string>> = { o: "/overview", d: "/devices", a: "/admin" };

const isDialogOpen = (): boolean => document.querySelector("dialog[open]") !== null;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName));

/** Whether the event would act on something a person is doing already. */
const isTaken = (event: KeyboardEvent): boolean =>
  event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isDialogOpen();

/** Keys that work on every page. */
export function useKeys() {
  const router = useRouter();
  const { close } = useWhy();
  const areKeysShown = ref(false);
  let goAtMs = Number.NEGATIVE_INFINITY;

  function onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && !isDialogOpen()) close();
    if (isTaken(event)) return;
    const page = event.timeStamp - goAtMs < pairWithinMs ? pages[event.key] : undefined;
    goAtMs = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (page !== undefined) void router.push(page);
    else actions[event.key]?.(event);
  }

  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    "?": () => {
      areKeysShown.value = true;
    },
    "/": (event) => {
      const search = document.querySelector<HTMLElement>("[data-search]");
      if (search !== null) event.preventDefault();
      search?.focus();
    },
    t: () => document.querySelector<HTMLElement>("[data-table-view]")?.click(),
  };

  onMounted(() => window.addEventListener("keydown", onKey));
  onBeforeUnmount(() => window.removeEventListener("keydown", onKey));
  return { areKeysShown };
}

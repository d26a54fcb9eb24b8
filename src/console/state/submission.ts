import { computed, ref } from "vue";
import { asRequestError, type RequestError } from "../api/problem.ts";
import { refusalText } from "../text/refusals.ts";

/** What a form sends: once at a time, with what the service finds wrong, by field. */
export function useSubmission() {
  const isSending = ref(false);
  const error = ref<RequestError | null>(null);
  const faults = computed(() => serverFaults(error.value));

  /** Whoever presses twice sends once. */
  async function submit(work: () => Promise<void>): Promise<void> {
    if (isSending.value) return;
    isSending.value = true;
    error.value = null;
    try {
      await work();
    } catch (thrown) {
      error.value = asRequestError(thrown);
    }
    isSending.value = false;
  }

  return { isSending, error, faults, submit };
}

/** What the service found wrong, by field, each with what to do about it; `oldFinal/importKwh` is one part. */
function serverFaults(error: RequestError | null): ReadonlyMap<string, string> {
  const known = refusalText(error?.code ?? "");
  return new Map(
    (error?.faults ?? []).map(({ pointer, detail }) => [
      pointer.replace(/^#?\//, ""),
      known ?? detail,
    ]),
  );
}

import { computed } from "vue";
import { stripTiles } from "../../figures/strip.ts";
import { snapshot } from "../../state/live.ts";
import { park } from "../../state/park.ts";
import type { Overview } from "./overview-data.ts";

/** The tiles of the strip, as soon as the park is known. */
export function useStrip(data: Overview) {
  return computed(() =>
    park.value === null
      ? []
      : stripTiles({
          figures: data.figures.value,
          park: park.value,
          electricity: data.day.data?.body ?? null,
          storage: snapshot.value?.flow.storage ?? null,
        }),
  );
}

import { onScopeDispose, shallowReactive } from "vue";
import { asRequestError, type RequestError } from "../api/problem.ts";

/** Something asked of the service, with what is known of it so far. */
export interface Query<Data> {
  /** The newest answer; kept when a later request fails. */
  readonly data: Data | null;
  readonly error: RequestError | null;
  readonly isLoading: boolean;
  reload(): Promise<void>;
}

/**
 * Asks now, and again on `reload`. An answer that is overtaken by a newer question is dropped, so
 * that a slow one cannot put old figures over new ones.
 */
export function useQuery<Data>(load: () => Promise<Data>): Query<Data> {
  let asked = 0;
  let isGone = false;
  const query = shallowReactive({
    data: null as Data | null,
    error: null as RequestError | null,
    isLoading: false,
    reload: async (): Promise<void> => {
      asked += 1;
      const mine = asked;
      query.isLoading = true;
      try {
        const data = await load();
        if (mine !== asked || isGone) return;
        query.data = data;
        query.error = null;
      } catch (thrown) {
        if (mine !== asked || isGone) return;
        query.error = asRequestError(thrown);
      }
      query.isLoading = false;
    },
  });
  onScopeDispose(() => {
    isGone = true;
  });
  void query.reload();
  return query;
}

/** Calls `work` at most once in `gapMs`, and once more after the last wish. */
export function throttled(work: () => void, gapMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  onScopeDispose(() => {
    if (timer !== null) clearTimeout(timer);
  });
  return () => {
    if (timer !== null) return;
    const waitMs = Math.max(0, lastMs + gapMs - Date.now());
    timer = setTimeout(() => {
      timer = null;
      lastMs = Date.now();
      work();
    }, waitMs);
  };
}

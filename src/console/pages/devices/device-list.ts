import { computed, ref, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { deviceKindNames } from "../../../contracts/device-kinds.ts";
import {
  type DeviceFilter,
  type DeviceState,
  deviceRow,
  linesByGateway,
  linesByTree,
  matchesFilter,
} from "../../figures/device-rows.ts";
import { askQuality, today, useLedger } from "../../state/energy-day.ts";
import { liveDevices, nowMs } from "../../state/live.ts";
import { enterprisesById, meters } from "../../state/park.ts";

export const deviceStates = ["fresh", "stale", "never", "doubtful"] as const;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const isState = (value: string): value is DeviceState =>
  (deviceStates as readonly string[]).includes(value);

/** The devices that the address asks for, in lines, and how to ask for others. */
export function useDeviceList() {
  const route = useRoute();
  const router = useRouter();
  const text = ref(textOf(route.query.q));
  const asked = computed<DeviceFilter>(() => {
    const state = textOf(route.query.state);
    return {
      text: text.value,
      kind: textOf(route.query.kind),
      state: isState(state) ? state : "all",
      gatewayId: textOf(route.query.gateway),
    };
  });
  function ask(change: Record<string, string>): void {
    const query: Record<string, string> = {};
    for (const [name, value] of Object.entries({ ...route.query, ...change })) {
      if (typeof value === "string" && value !== "") query[name] = value;
    }
    void router.replace({ query });
  }
  watch(text, (q) => ask({ q }));

  const health = useLedger(() => askQuality(today()), { again: [meters] });
  const qualityById = computed(
    () => new Map((health.data?.items ?? []).map((item) => [item.meterId, item])),
  );
  const rows = computed(() =>
    meters.value.map((meter) =>
      deviceRow(meter, liveDevices.value.get(meter.id), {
        quality: qualityById.value.get(meter.id) ?? null,
        nowMs: nowMs.value,
      }),
    ),
  );
  const matching = computed(() =>
    rows.value.filter((row) =>
      matchesFilter(row, asked.value, searchTexts.value.get(row.meter.id) ?? ""),
    ),
  );
  const counts = computed(() => {
    const result = { all: rows.value.length, fresh: 0, stale: 0, never: 0, doubtful: 0 };
    for (const { state } of rows.value) result[state] += 1;
    return result;
  });
  const kinds = computed(() => {
    const present = new Set(meters.value.map(({ kind }) => kind));
    return deviceKindNames.filter((kind) => present.has(kind));
  });
  const closed = ref<ReadonlySet<string>>(new Set());
  const isTree = computed(() => route.query.by === "tree");
  const lines = computed(() =>
    isTree.value
      ? linesByTree(matching.value)
      : linesByGateway(matching.value, (id) => !closed.value.has(id)),
  );
  return {
    ...{ text, asked, ask, health, rows, matching, counts, kinds, closed, isTree, lines },
    toggle: (gatewayId: string): void => {
      const next = new Set(closed.value);
      if (!next.delete(gatewayId)) next.add(gatewayId);
      closed.value = next;
    },
    clear: (): void => {
      text.value = "";
      void router.replace({ query: {} });
    },
  };
}

/** What a search looks in: ids and names in both languages, so that either is found in either. */
const searchTexts = computed(
  () =>
    new Map(
      meters.value.map((meter) => {
        const enterprise = enterprisesById.value.get(meter.enterpriseId ?? "");
        const names = [meter.name, enterprise?.name].flatMap((name) => [name?.zh, name?.en]);
        return [meter.id, [meter.id, meter.gatewayId, ...names].join(" ").toLowerCase()];
      }),
    ),
);

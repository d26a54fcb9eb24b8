import { computed, shallowRef } from "vue";
import type { EnterpriseFields } from "../../contracts/park-file.ts";
import type { MeterBody, ParkBody } from "../../contracts/registry.ts";
import { get, getAll } from "../api/client.ts";

/** What is registered: it changes when a person changes it, not by itself. */
export const park = shallowRef<ParkBody | null>(null);
export const meters = shallowRef<readonly MeterBody[]>([]);
export const enterprises = shallowRef<readonly EnterpriseFields[]>([]);

export const timezone = computed(() => park.value?.timezone ?? "Asia/Shanghai");
export const metersById = computed(() => new Map(meters.value.map((meter) => [meter.id, meter])));
export const enterprisesById = computed(
  () => new Map(enterprises.value.map((enterprise) => [enterprise.id, enterprise])),
);

export async function loadPark(): Promise<void> {
  const [parkBody, meterList, enterpriseList] = await Promise.all([
    get<ParkBody>("/park"),
    getAll<MeterBody>("/meters"),
    getAll<EnterpriseFields>("/enterprises"),
  ]);
  park.value = parkBody;
  meters.value = meterList;
  enterprises.value = enterpriseList;
}

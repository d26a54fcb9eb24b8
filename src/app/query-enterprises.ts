import type { Carrier } from "../contracts/device-kinds.ts";
import type { Principal } from "../domain/principal.ts";
import type { Interval } from "../domain/time.ts";
import { type EnergyAnswer, type QueryEnergyDependencies, queryEnergy } from "./query-energy.ts";
import { listEnterprises, type Page, type PageOf } from "./read-registry.ts";

export interface EnterpriseEnergy extends EnergyAnswer {
  readonly enterpriseId: string;
}

/**
 * Energy of every enterprise that the principal may see and that has a meter of the carrier, each as
 * its own scope would answer. Enterprises without such a meter are left out: they are not missing.
 */
export async function queryEnterprises(
  dependencies: QueryEnergyDependencies,
  principal: Principal,
  request: Page & { readonly carrier: Carrier; readonly interval: Interval },
): Promise<PageOf<EnterpriseEnergy>> {
  const { registry } = dependencies;
  const { carrier, interval } = request;
  const { items: enterprises, next } = listEnterprises(registry, principal, request);
  const items: EnterpriseEnergy[] = [];
  // One after the other: a ranking must not take the ledger away from everybody else.
  for (const { id: enterpriseId } of enterprises) {
    const isMetered = registry
      .meters()
      .some((meter) => meter.enterpriseId === enterpriseId && meter.carrier === carrier);
    if (!isMetered) continue;
    const scope = `enterprise:${enterpriseId}`;
    const answer = await queryEnergy(dependencies, principal, {
      ...{ scope, carrier, interval, step: "15m" },
    });
    items.push({ ...answer, enterpriseId });
  }
  return { items, next };
}

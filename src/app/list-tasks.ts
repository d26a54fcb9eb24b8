import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import { visibleMeter } from "./energy-parts.ts";
import type { DropTask, DropTasks } from "./meter-ports.ts";
import type { Registry } from "./registry.ts";

export interface ListTasksDependencies {
  readonly registry: Registry;
  readonly dropTasks: DropTasks;
}

/** What waits for a decision, or did, at the meters that the principal may see. */
export async function listTasks(
  { registry, dropTasks }: ListTasksDependencies,
  principal: Principal,
  asked: { readonly state?: "open" | "closed" | undefined; readonly meter?: string | undefined },
): Promise<readonly DropTask[]> {
  const { state, meter } = asked;
  const meterIds =
    meter === undefined
      ? registry
          .meters()
          .filter(({ enterpriseId }) => maySeeEnterprise(principal, enterpriseId))
          .map(({ id }) => id)
      : [visibleMeter(registry, principal, meter).id];
  const isAll = meter === undefined && principal.enterpriseId === null;
  return dropTasks.dropTasks({
    ...(isAll ? {} : { meterIds }),
    ...(state === undefined ? {} : { isOpen: state === "open" }),
  });
}

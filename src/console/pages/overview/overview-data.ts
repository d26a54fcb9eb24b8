import { computed } from "vue";
import type { EnergyBody } from "../../../contracts/energy.ts";
import { dayFigures } from "../../figures/day-figures.ts";
import { type EnterpriseUse, enterpriseFigures } from "../../figures/enterprise-figures.ts";
import type { Figures } from "../../figures/figure.ts";
import { liveFigures } from "../../figures/live-figures.ts";
import {
  askEnergy,
  askEnterprises,
  askQuality,
  askSoc,
  lastDay,
  type Span,
  settledEndMs,
  today,
  useLedger,
} from "../../state/energy-day.ts";
import { isLineStale, liveDevices, nowMs, snapshot } from "../../state/live.ts";
import { enterprises, meters, park } from "../../state/park.ts";
import { queryQuarantine } from "../../state/quarantine.ts";
import { hasRole } from "../../state/session.ts";

/** An answer and the span that it was asked for, so that figures name the right period. */
export interface Spanned {
  readonly span: Span;
  readonly body: EnergyBody | null;
}

async function spanned(scope: string, carrier: string, span: Span): Promise<Spanned> {
  return { span, body: await askEnergy(scope, carrier, span) };
}

/** Other carriers are asked for only where the park has meters of them. */
function ofPark(carrier: string): Promise<Spanned> {
  const isMetered = meters.value.some((meter) => meter.carrier === carrier);
  return isMetered
    ? spanned("park", carrier, today())
    : Promise.resolve({ span: today(), body: null });
}

const enterpriseRefreshMs = 15_000;
/** What each enterprise with electricity meters of its own drew today. */
async function useOfEnterprises(): Promise<readonly EnterpriseUse[]> {
  const span = today();
  const bodies = await askEnterprises("electricity", span);
  const byId = new Map(bodies.map((body) => [body.enterpriseId, body]));
  const drawing = new Set(
    meters.value
      .filter(({ carrier, role }) => carrier === "electricity" && role === "load")
      .map(({ enterpriseId }) => enterpriseId),
  );
  return enterprises.value
    .filter(({ id }) => drawing.has(id))
    .map((enterprise) => ({ enterprise, span, body: byId.get(enterprise.id) ?? null }));
}

/** Everything that the overview shows, on the wall and on a phone alike. */
export function useOverview() {
  const registry = [meters];
  const day = useLedger(() => spanned("park", "electricity", today()));
  const last = useLedger(() => spanned("park", "electricity", lastDay()));
  const soc = useLedger(
    async () => {
      const [station] = park.value?.storage ?? [];
      return station === undefined ? null : askSoc(station.id, lastDay());
    },
    { again: [park] },
  );
  const water = useLedger(() => ofPark("water"), { again: registry });
  const effluent = useLedger(() => ofPark("effluent"), { again: registry });
  const heat = useLedger(() => ofPark("heat"), { again: registry });
  const health = useLedger(() => askQuality(today()), { again: registry });
  const enterpriseUse = useLedger(useOfEnterprises, {
    again: registry,
    gapMs: enterpriseRefreshMs,
  });
  // Those who may not see what was refused see the rest of the panel.
  const quarantine = queryQuarantine(() => hasRole("manager", "sysadmin"));

  const live = computed<Figures>(() =>
    snapshot.value === null || park.value === null
      ? {}
      : liveFigures({
          snapshot: snapshot.value,
          park: park.value,
          meters: meters.value,
          devices: liveDevices.value,
          isStale: isLineStale.value,
          nowMs: nowMs.value,
        }),
  );
  const ledger = computed<Figures>(() => {
    if (park.value === null || day.data === null) return {};
    return dayFigures({
      park: park.value,
      fromMs: day.data.span.fromMs,
      toMs: day.data.span.toMs,
      electricity: day.data.body,
      water: water.data?.body ?? null,
      effluent: effluent.data?.body ?? null,
      heat: heat.data?.body ?? null,
      meters: meters.value,
    });
  });
  const ranked = computed(() => {
    if (park.value === null || enterpriseUse.data === null) return null;
    const total = ledger.value["day.consumption"]?.value ?? null;
    return enterpriseFigures(enterpriseUse.data, { park: park.value, totalKwh: total });
  });
  const figures = computed<Figures>(() => ({
    ...live.value,
    ...ledger.value,
    ...(ranked.value === null
      ? {}
      : Object.fromEntries(ranked.value.map(({ figure }) => [figure.id, figure]))),
  }));
  return { day, last, soc, health, quarantine, enterpriseUse, ranked, figures, settledEndMs };
}

export type Overview = ReturnType<typeof useOverview>;

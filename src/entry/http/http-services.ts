import type { FastifyPluginAsyncZod } from "@fastify/type-provider-zod";
import type { Registry as MetricsRegistry } from "prom-client";
import type { Caller, RouteUse } from "../../app/access-tally.ts";
import type { AmendmentDependencies } from "../../app/amend-period.ts";
import type { CalculateCarbonDependencies } from "../../app/calculate-carbon.ts";
import type { LiveEvents } from "../../app/live-events.ts";
import type { LivePicture } from "../../app/live-picture.ts";
import type { ManageKeysDependencies } from "../../app/manage-keys.ts";
import type { ManagePeopleDependencies } from "../../app/manage-people.ts";
import type { ManageRegistryDependencies } from "../../app/manage-registry.ts";
import type { DropTasks } from "../../app/meter-ports.ts";
import type { OwnAccountDependencies } from "../../app/own-account.ts";
import type { Clock, Ledger, QuarantineStore, TelemetryStore } from "../../app/ports.ts";
import type { createAuditCheck, ReadAuditDependencies } from "../../app/read-audit.ts";
import type { ReadStatusDependencies } from "../../app/read-status.ts";
import type { RecordMeterEventDependencies } from "../../app/record-meter-event.ts";
import type { Registry } from "../../app/registry.ts";
import type { RestatementStore } from "../../app/restatement-ports.ts";
import type { SignIn } from "../../app/sign-in.ts";
import type { SolveDispatch } from "../../app/solve-dispatch.ts";
import type { TariffStore } from "../../app/tariff-ports.ts";
import type { VirtualMeterStore } from "../../app/virtual-meter-ports.ts";
import type { VirtualMeter } from "../../domain/energy/virtual-meter.ts";
import type { TelemetryUseCases } from "../take-telemetry.ts";

/** Whether a gateway is connected and when it was last heard; null: not since this start. */
export interface Presence {
  readonly online: boolean;
  readonly lastAtMs: number | null;
}

/** What the routes stand on; composed outside, one field a use case or port. */
export interface HttpServices {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly quarantine: QuarantineStore;
  readonly telemetry: TelemetryStore;
  readonly ledger: Ledger;
  readonly dropTasks: DropTasks;
  readonly meterEvents: RecordMeterEventDependencies;
  readonly ingest: TelemetryUseCases;
  readonly signIn: SignIn;
  readonly restatements: RestatementStore;
  readonly managePeople: ManagePeopleDependencies;
  readonly manageKeys: ManageKeysDependencies;
  readonly ownAccount: OwnAccountDependencies;
  /** Accounting periods, and what waits for those that are closed. */
  readonly amendments: AmendmentDependencies;
  readonly manageRegistry: ManageRegistryDependencies;
  readonly solveDispatch: SolveDispatch;
  readonly livePicture: LivePicture;
  readonly liveEvents: LiveEvents;
  readonly metrics: MetricsRegistry;
  readonly status: ReadStatusDependencies;
  readonly carbon: CalculateCarbonDependencies;
  readonly tariffs: TariffStore;
  readonly virtualMeters: VirtualMeterStore;
  readonly parkVirtualMeters: readonly VirtualMeter[];
  readonly onlineGateways: () => ReadonlyMap<string, Presence>;
  /** Whether work is accepted, and what is amiss. */
  readonly ready: () => Promise<{
    readonly ready: boolean;
    readonly degraded: string[];
    readonly failing: string[];
  }>;
  readonly readAudit: ReadAuditDependencies;
  readonly checkAudit: ReturnType<typeof createAuditCheck>;
  /** Counts a use of a route for the audit. */
  readonly noteUse: (caller: Caller, use: RouteUse) => void;
}

/** One resource of the API: its paths and schemas. The meaning is in the use cases. */
export type Routes = FastifyPluginAsyncZod<HttpServices & { readonly prefix?: string }>;

import type {
  ApiKeyRow,
  AuditChainRow,
  AuditEntryRow,
  AuditHeadRow,
  PersonRow,
  SessionRow,
  SignInFailureRow,
  SignInLinkRow,
} from "./access-schema.ts";

/** Row shapes of the state database, for SQLite and PostgreSQL alike (portable subset). */
import type {
  AmendmentRow,
  PeriodChangeRow,
  PeriodClosedRow,
  RestatementDueRow,
  RestatementRow,
} from "./accounting-rows.ts";

export interface EnterpriseRow {
  id: string;
  name_zh: string;
  name_en: string;
  industry: string | null;
  credit_code: string | null;
  origin: string;
}

export interface GatewayRow {
  id: string;
  name_zh: string;
  name_en: string;
  simulated: number;
  password_sha256: string | null;
  origin: string;
}

export interface MeterRow {
  id: string;
  gateway_id: string;
  kind: string;
  carrier: string;
  name_zh: string;
  name_en: string;
  enterprise_id: string | null;
  parent_id: string | null;
  role: string;
  load_group_id: string | null;
  multiplier: number;
  register_digits: number | null;
  rated_max_kw: number | null;
  capacity_kwh: number | null;
  accuracy_class: number | null;
  interval_s: number | null;
  valid_from_ms: number | null;
  origin: string;
}

export interface SeriesRow {
  id: number;
  meter_id: string;
  register: string;
}

export interface LedgerSlotRow {
  series_id: number;
  start_ms: number;
  amount: number | null;
  /** Position in `grades` plus one; the largest is the worst. */
  grade: number;
  coverage: number;
  estimated_fraction: number;
  revision: number;
  reason: string;
  known_at_ms: number;
}

/** A day of the park's calendar, summed from its slots. */
export interface LedgerDayRow {
  series_id: number;
  day_ms: number;
  /** null when no slot of the day has a figure. */
  amount: number | null;
  estimated_amount: number;
  coverage_sum: number;
  slot_count: number;
  missing_count: number;
  /** Which slots have a figure, 34 in each number. */
  marks_0: number;
  marks_1: number;
  marks_2: number;
  grade: number;
  revision_max: number;
  known_at_ms: number;
}

export interface TouchRow {
  meter_id: string;
  kind: string;
  from_ms: number;
  to_ms: number;
  reason: string;
  stamp: number;
}

export interface MeterEventRow {
  id: string;
  meter_id: string;
  type: string;
  at_ms: number;
  recorded_at_ms: number;
  recorded_by: string;
  /** JSON of what the type says besides. */
  body: string;
}

export interface DropTaskRow {
  id: string;
  meter_id: string;
  register: string;
  from_ms: number;
  before_value: number;
  at_ms: number;
  after_value: number;
  opened_at_ms: number;
  closed_at_ms: number | null;
}

export interface MirrorDueRow {
  meter_id: string;
  day_ms: number;
  /** Grows with each change, so that what changed during the copying is copied again. */
  turn: number;
}

export interface CursorRow {
  name: string;
  seq: number;
}

export interface QuarantineGroupRow {
  id: string;
  gateway_id: string | null;
  device_id: string | null;
  code: string;
  metric: string | null;
  detail: string;
  count: number;
  first_at_ms: number;
  last_at_ms: number;
  topic: string;
  payload_excerpt: string;
  payload_bytes: number;
}

export interface QuarantinePayloadRow {
  id: string;
  group_id: string;
  topic: string;
  payload: string;
  received_at_ms: number;
}

export interface JobRow {
  name: string;
  watermark_ms: number | null;
  last_run_ms: number | null;
  last_error: string | null;
}

export interface TariffRow {
  id: string;
  /** First day in park time, as `2026-01-01`. */
  valid_from: string;
  revision: number;
  body: string;
  recorded_at_ms: number;
  recorded_by: string;
  correction: string | null;
}

export interface VirtualMeterRow {
  id: string;
  name_zh: string;
  name_en: string;
  enterprise_id: string | null;
  formula: string;
}

export interface StateSchema {
  tariff: TariffRow;
  virtual_meter: VirtualMeterRow;
  enterprise: EnterpriseRow;
  gateway: GatewayRow;
  meter: MeterRow;
  series: SeriesRow;
  ledger_slot: LedgerSlotRow;
  ledger_superseded: LedgerSlotRow;
  ledger_day: LedgerDayRow;
  period_closed: PeriodClosedRow;
  period_change: PeriodChangeRow;
  amendment: AmendmentRow;
  restatement_due: RestatementDueRow;
  restatement: RestatementRow;
  touch: TouchRow;
  mirror_due: MirrorDueRow;
  meter_event: MeterEventRow;
  drop_task: DropTaskRow;
  cursor: CursorRow;
  quarantine_group: QuarantineGroupRow;
  quarantine_payload: QuarantinePayloadRow;
  sign_in_link: SignInLinkRow;
  session: SessionRow;
  job: JobRow;
  person: PersonRow;
  sign_in_failure: SignInFailureRow;
  api_key: ApiKeyRow;
  audit_entry: AuditEntryRow;
  audit_chain: AuditChainRow;
  audit_head: AuditHeadRow;
}

/** Row shapes of accounting periods and restatements. */

/** A month whose slots do not change. */
export interface PeriodClosedRow {
  month: string;
  start_ms: number;
  end_ms: number;
}

export interface PeriodChangeRow {
  month: string;
  /** Counts the changes of the month. */
  number: number;
  action: string;
  start_ms: number;
  end_ms: number;
  at_ms: number;
  actor: string;
  reason: string;
}

export interface AmendmentRow {
  id: string;
  meter_id: string;
  month: string;
  from_ms: number;
  to_ms: number;
  reason: string;
  state: string;
  first_at_ms: number;
  last_at_ms: number;
  arrivals: number;
  decided_by: string | null;
  decided_at_ms: number | null;
  decision_reason: string | null;
}

/** What a day said before slots of it were revised. */
export interface FigureBeforeRow {
  before_amount: number | null;
  before_estimated: number;
  before_coverage: number;
  before_slots: number;
  before_grade: number;
}

/** What it says since. */
export interface FigureAfterRow {
  after_amount: number | null;
  after_estimated: number;
  after_coverage: number;
  after_slots: number;
  after_grade: number;
}

export interface RestatementDueRow extends FigureBeforeRow {
  series_id: number;
  day_ms: number;
  reason: string;
  slot_count: number;
  known_at_ms: number;
  stamp: number;
}

export interface RestatementRow extends FigureBeforeRow, FigureAfterRow {
  seq: number;
  meter_id: string;
  register: string;
  day_ms: number;
  reason: string;
  slot_count: number;
  known_at_ms: number;
  /** JSON. */
  dependants: string;
}

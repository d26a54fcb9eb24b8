/** Quarter-hour energy, written from the ledger: a mirror to look at, never an input of accounting. */
export const energy = "energy_15m";
/** Raw telemetry, one point for a device at an instant. */
export const telemetry = "telemetry";
/** What the service says about itself, once a minute. */
export const service = "service";

/** The park's days are not UTC days, so every grouping names its zone. */
const zone = "tz('Asia/Shanghai')";

interface Filter {
  readonly where?: string;
  readonly by?: string;
}

function condition(where: string | undefined): string {
  return where === undefined ? "$timeFilter" : `${where} AND $timeFilter`;
}

/** One figure for the whole period on the screen. */
export function overPeriod(from: string, expression: string, { where, by }: Filter = {}): string {
  const group = by === undefined ? "" : ` GROUP BY "${by}"`;
  return `SELECT ${expression} FROM "${from}" WHERE ${condition(where)}${group}`;
}

/** One figure for each step; a step without data stays empty. */
export function overTime(
  from: string,
  expression: string,
  { where, by, step = "15m" }: Filter & { readonly step?: string } = {},
): string {
  const group = by === undefined ? `time(${step})` : `time(${step}), "${by}"`;
  return `SELECT ${expression} FROM "${from}" WHERE ${condition(where)} GROUP BY ${group} fill(null) ${zone}`;
}

/**
 * The vocabulary of the field: which device kinds exist, which cumulative registers and which
 * instantaneous metrics each one may report, in which unit and within which physical bounds.
 *
 * It is plain data without imports, because field devices, simulators, stores, domain functions
 * and the console all have to agree on it (docs/decisions/0003-one-device-vocabulary.md).
 */

/** What a metric is: a counter that only adds up, a momentary number, or a short text. */
export type MetricType = "register" | "gauge" | "text";

export interface MetricSpec {
  readonly type: MetricType;
  /** Unit as printed; empty for dimensionless numbers and texts. */
  readonly unit: string;
  /** Smallest and largest value that can be true; outside, the value is quarantined as `range`. */
  readonly min?: number;
  readonly max?: number;
}

export type Carrier =
  | "electricity"
  | "natural-gas"
  | "hydrogen"
  | "oxygen"
  | "water"
  | "heat"
  | "cooling"
  | "steam"
  | "diesel"
  | "lpg"
  | "effluent"
  | "none";

const register = (unit: string): MetricSpec => ({ type: "register", unit, min: 0, max: 1e12 });
const gauge = (unit: string, min?: number, max?: number): MetricSpec => ({
  type: "gauge",
  unit,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
const flag = gauge("", 0, 1);
const fraction = gauge("", 0, 1);
const kilowatt = gauge("kW", -1e7, 1e7);
const celsius = gauge("°C", -90, 1500);
const text: MetricSpec = { type: "text", unit: "" };

export interface DeviceKindSpec {
  /** Carrier that the registers count, unless the registry names another one for the device. */
  readonly carrier: Carrier;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
}

const voltage = gauge("V", 0, 1e6);
const current = gauge("A", -1e6, 1e6);

export const deviceKinds = {
  "electricity-meter": {
    carrier: "electricity",
    metrics: {
      importKwh: register("kWh"),
      exportKwh: register("kWh"),
      importKvarh: register("kvarh"),
      exportKvarh: register("kvarh"),
      powerKw: kilowatt,
      reactivePowerKvar: gauge("kvar", -1e7, 1e7),
      powerFactor: gauge("", -1, 1),
      maxDemandKw: gauge("kW", 0, 1e7),
      voltageAV: voltage,
      voltageBV: voltage,
      voltageCV: voltage,
      currentAA: current,
      currentBA: current,
      currentCA: current,
      frequencyHz: gauge("Hz", 0, 100),
    },
  },
  "gas-meter": {
    carrier: "natural-gas",
    metrics: {
      volumeNm3: register("Nm³"),
      volumeM3: register("m³"),
      flowNm3PerH: gauge("Nm³/h", -1e6, 1e6),
      pressureKpa: gauge("kPa", 0, 1e5),
      temperatureCelsius: celsius,
    },
  },
  "water-meter": {
    carrier: "water",
    metrics: { volumeM3: register("m³"), flowM3PerH: gauge("m³/h", -1e6, 1e6) },
  },
  "heat-meter": {
    carrier: "heat",
    metrics: {
      heatGj: register("GJ"),
      coolingGj: register("GJ"),
      powerKw: kilowatt,
      supplyCelsius: celsius,
      returnCelsius: celsius,
    },
  },
  "cooling-meter": {
    carrier: "cooling",
    metrics: {
      heatGj: register("GJ"),
      coolingGj: register("GJ"),
      powerKw: kilowatt,
      supplyCelsius: celsius,
      returnCelsius: celsius,
    },
  },
  "steam-meter": {
    carrier: "steam",
    metrics: {
      steamT: register("t"),
      pressureMpa: gauge("MPa", 0, 100),
      temperatureCelsius: celsius,
    },
  },
  "fuel-tank": {
    carrier: "diesel",
    metrics: { consumedL: register("L"), consumedKg: register("kg"), levelFraction: fraction },
  },
  "pv-inverter": {
    carrier: "electricity",
    metrics: {
      generationKwh: register("kWh"),
      powerKw: kilowatt,
      availablePowerKw: kilowatt,
      irradianceWPerM2: gauge("W/m²", -20, 2000),
      moduleCelsius: celsius,
    },
  },
  "direct-line": {
    carrier: "electricity",
    metrics: {
      deliveredKwh: register("kWh"),
      curtailedKwh: register("kWh"),
      powerKw: kilowatt,
      availablePowerKw: kilowatt,
    },
  },
  "storage-pcs": {
    carrier: "electricity",
    metrics: {
      chargeKwh: register("kWh"),
      dischargeKwh: register("kWh"),
      powerKw: kilowatt,
      socFraction: fraction,
      mode: text,
    },
  },
  "storage-bms": {
    carrier: "electricity",
    metrics: {
      chargeDcKwh: register("kWh"),
      dischargeDcKwh: register("kWh"),
      socFraction: fraction,
      sohFraction: gauge("", 0, 1.2),
      voltageV: voltage,
      currentA: current,
      cellVoltageMaxV: gauge("V", 0, 10),
      cellVoltageMinV: gauge("V", 0, 10),
      cellCelsiusMax: celsius,
      cellCelsiusMin: celsius,
      insulationOhmPerV: gauge("Ω/V", 0, 1e9),
      vendorAlarmCode: text,
      vendorAlarmLevel: gauge("", 0, 100),
    },
  },
  "fire-detector": {
    carrier: "none",
    metrics: {
      hydrogenLelPercent: gauge("%LEL", 0, 100),
      carbonMonoxidePpm: gauge("ppm", 0, 1e6),
      smoke: flag,
      temperatureCelsius: celsius,
    },
  },
  charger: {
    carrier: "electricity",
    metrics: { deliveredKwh: register("kWh"), powerKw: kilowatt, occupied: flag },
  },
  "compute-centre": {
    carrier: "electricity",
    metrics: {
      itKwh: register("kWh"),
      totalKwh: register("kWh"),
      itPowerKw: kilowatt,
      queueKwh: gauge("kWh", 0, 1e9),
    },
  },
  "weather-station": {
    carrier: "none",
    metrics: {
      irradianceWPerM2: gauge("W/m²", -20, 2000),
      ambientCelsius: celsius,
      windMPerS: gauge("m/s", 0, 120),
      pressureHpa: gauge("hPa", 200, 1200),
    },
  },
  "production-line": {
    carrier: "none",
    metrics: { outputUnits: register("unit"), running: flag },
  },
  "effluent-monitor": {
    carrier: "effluent",
    metrics: { volumeM3: register("m³"), codMgPerL: gauge("mg/L", 0, 1e6) },
  },
} as const satisfies Record<string, DeviceKindSpec>;

export type DeviceKind = keyof typeof deviceKinds;

export const deviceKindNames = Object.keys(deviceKinds) as [DeviceKind, ...DeviceKind[]];

const noMetrics: Readonly<Record<string, MetricSpec>> = Object.freeze({});

/** All metrics that a kind may report, by name. */
export function metricsOf(kind: DeviceKind): Readonly<Record<string, MetricSpec>> {
  return deviceKinds[kind]?.metrics ?? noMetrics;
}

/** One metric of a kind, or undefined; inherited names such as `constructor` are not metrics. */
export function metricOf(kind: DeviceKind, metric: string): MetricSpec | undefined {
  const metrics = metricsOf(kind);
  return Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
}

const registerNames = new Map<DeviceKind, readonly string[]>(
  deviceKindNames.map((kind) => [
    kind,
    Object.entries(metricsOf(kind))
      .filter(([, spec]) => spec.type === "register")
      .map(([name]) => name),
  ]),
);

/** Names of the cumulative registers of a kind, in the order of the contract. */
export function registersOf(kind: DeviceKind): readonly string[] {
  return registerNames.get(kind) ?? [];
}

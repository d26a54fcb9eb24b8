import { roofIrradianceWPerM2 } from "../field/pv-plant.ts";
import { isGate, isReactive } from "../field/roles.ts";
import { isMirror, type SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import { quarterMs } from "../units.ts";
import { around, flowPerH, type Gauges, type Moment, netPerH, round, roundKw } from "./values.ts";

const mediumVoltageV = 10_200;
const highVoltageDefaultKv = 110;
const voltsPerKv = 1000;

/** Small meters report their power, mains more, those of the substation everything they have. */
export function electricityGauges(moment: Moment): Gauges {
  const { device } = moment;
  const powerKw = netPerH(moment);
  const gauges: Gauges = { powerKw: roundKw(powerKw) };
  if (isMirror(device) || device.role === "sub") return gauges;
  const kvarh = device.registers.find(isReactive);
  const reactiveKvar = kvarh === undefined ? null : flowPerH(moment, kvarh);
  if (reactiveKvar !== null) {
    const apparent = Math.hypot(powerKw, reactiveKvar);
    gauges.powerFactor = apparent > 0 ? round(powerKw / apparent, 3) : 1;
  }
  if (device.role === "load" || isGate(device)) gauges.maxDemandKw = maxDemandKw(moment);
  if (isInSubstation(device)) Object.assign(gauges, lineGauges(moment, powerKw, reactiveKvar ?? 0));
  return gauges;
}

function isInSubstation(device: SimDevice): boolean {
  const isTransformer = device.parent !== null && isGate(device.parent);
  return isGate(device) || (isTransformer && device.role === "check");
}

function lineGauges(moment: Moment, powerKw: number, reactivePowerKvar: number): Gauges {
  const { device, world } = moment;
  const lineV = isGate(device)
    ? (world.park.file.grid?.voltageKv ?? highVoltageDefaultKv) * voltsPerKv
    : mediumVoltageV;
  const phaseV = lineV / Math.sqrt(3);
  const currentA = (Math.hypot(powerKw, reactivePowerKvar) * voltsPerKv) / (3 * phaseV);
  const gauges: Gauges = {
    reactivePowerKvar: roundKw(reactivePowerKvar),
    frequencyHz: round(around(moment, 50, { swing: 0.03, minutes: 2, salt: 21 }), 3),
  };
  for (const [place, phase] of ["A", "B", "C"].entries()) {
    const swing = { swing: 0.008 * phaseV, minutes: 7, salt: 22 + place };
    gauges[`voltage${phase}V`] = round(around(moment, phaseV, swing), 0);
    gauges[`current${phase}A`] = round(currentA * (1 + 0.01 * (place - 1)), 1);
  }
  return gauges;
}

/** The meter's own block maximum of the month, over the quarter hours that are complete. */
function maxDemandKw({ world, device, tsMs }: Moment): number {
  const record = world.history.at(Math.floor(tsMs / quarterMs) * quarterMs);
  return roundKw(record?.maxDemandKw[device.registers[0]?.index ?? -1] ?? 0);
}

export function pvGauges(moment: Moment): Gauges {
  const { device, world, tsMs } = moment;
  const powerKw = roundKw(netPerH(moment));
  if (device.parent?.kind === "pv-inverter") return { powerKw };
  const day = world.weather.day(tsMs);
  const irradianceWPerM2 = roofIrradianceWPerM2(day, tsMs, 0);
  const heating = irradianceWPerM2 / (25 + 6.84 * world.weather.windMPerS(tsMs));
  return {
    powerKw,
    availablePowerKw: powerKw,
    irradianceWPerM2: round(irradianceWPerM2, 1),
    moduleCelsius: round(world.weather.ambientCelsius(tsMs) + heating, 1),
  };
}

export function directLineGauges(moment: Moment): Gauges {
  const [delivered, curtailed] = moment.device.registers;
  const powerKw = flowPerH(moment, delivered);
  return {
    powerKw: roundKw(powerKw),
    availablePowerKw: roundKw(powerKw + flowPerH(moment, curtailed)),
  };
}

export function chargerGauges(moment: Moment): Gauges {
  const powerKw = roundKw(netPerH(moment));
  return { powerKw, occupied: powerKw > 0 ? 1 : 0 };
}

export function computeGauges(moment: Moment): Gauges {
  const [it] = moment.device.registers;
  const queue = around(moment, 0.35, { swing: 0.3, minutes: 180, salt: 31 });
  return {
    itPowerKw: roundKw(flowPerH(moment, it)),
    queueKwh: round(queue * moment.device.ratedPerH, 0),
  };
}

export function weatherGauges({ world, tsMs }: Moment): Gauges {
  const { weather } = world;
  return {
    irradianceWPerM2: round(weather.irradianceWPerM2(tsMs), 1),
    ambientCelsius: round(weather.ambientCelsius(tsMs), 1),
    windMPerS: round(weather.windMPerS(tsMs), 1),
    pressureHpa: round(weather.pressureHpa(tsMs), 1),
  };
}

export function fireGauges(moment: Moment): Gauges {
  const { device, world, tsMs } = moment;
  const trace = 0.01 + 0.01 * uniform(device.key, 1);
  return {
    hydrogenLelPercent: round(around(moment, trace, { swing: 0.008, minutes: 25, salt: 41 }), 3),
    carbonMonoxidePpm: round(around(moment, 2.6, { swing: 0.9, minutes: 40, salt: 42 }), 1),
    smoke: 0,
    temperatureCelsius: round(
      23 + 0.08 * (world.weather.ambientCelsius(tsMs) - 10) + 1.6 * uniform(device.key, 2),
      1,
    ),
  };
}

import { uniform } from "../random.ts";
import { hoursPerDay } from "../units.ts";
import { around, flowPerH, type Gauges, heatKw, type Moment, round, roundKw } from "./values.ts";

/** Gauges of meters for gas, water, heat, steam, fuel, effluent and of production lines. */
export function processGauges(moment: Moment): Gauges {
  const { device } = moment;
  const perH = flowPerH(moment, device.registers[0]);
  switch (device.kind) {
    case "gas-meter":
      return gasGauges(moment, perH);
    case "water-meter":
      return { flowM3PerH: round(perH, 2) };
    case "heat-meter":
      return heatGauges(moment, { supply: 82, drop: 30 });
    case "cooling-meter":
      return heatGauges(moment, { supply: 10, drop: -6 });
    case "steam-meter":
      return {
        pressureMpa: round(around(moment, 0.72, { swing: 0.04, minutes: 12, salt: 61 }), 3),
        temperatureCelsius: round(around(moment, 172, { swing: 3, minutes: 15, salt: 62 }), 1),
      };
    case "fuel-tank":
      return { levelFraction: round(tankLevel(moment), 3) };
    case "effluent-monitor":
      return {
        codMgPerL: round(around(moment, cod(moment), { swing: 12, minutes: 60, salt: 63 }), 1),
      };
    case "production-line":
      return { running: perH > 0 ? 1 : 0 };
    default:
      return {};
  }
}

function gasGauges(moment: Moment, perH: number): Gauges {
  const gauges: Gauges = { flowNm3PerH: round(perH, 2) };
  if (moment.device.role === "sub") return gauges;
  gauges.pressureKpa = round(around(moment, 205, { swing: 6, minutes: 20, salt: 64 }), 1);
  const ambient = moment.world.weather.ambientCelsius(moment.tsMs);
  gauges.temperatureCelsius = round(8 + 0.4 * ambient, 1);
  return gauges;
}

function heatGauges(
  moment: Moment,
  { supply, drop }: { readonly supply: number; readonly drop: number },
): Gauges {
  const powerKw = heatKw(moment);
  const supplyCelsius = around(moment, supply, { swing: 1.5, minutes: 45, salt: 65 });
  const returnCelsius = supplyCelsius - drop * (powerKw > 0 ? 1 : 0.3);
  return {
    powerKw: roundKw(powerKw),
    supplyCelsius: round(supplyCelsius, 1),
    returnCelsius: round(returnCelsius, 1),
  };
}

/** A tank holds some days of its rated perH and is filled up whenever it has run low. */
function tankLevel({ world, device, tsMs }: Moment): number {
  const [register] = device.registers;
  if (register === undefined) return 0;
  const tank = device.ratedPerH * hoursPerDay;
  const counts = register.initialCounts + world.countsAt(device, register.index, tsMs);
  const used = (counts / register.countsPerReal / tank) % 0.7;
  return 0.95 - used;
}

function cod({ device }: Moment): number {
  return 45 + 40 * uniform(device.key, 3);
}

import { dayMs, degrees, minutesPerDay, radians } from "../units.ts";

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface SolarPosition {
  /** True height of the sun's centre over the horizon, without refraction. */
  readonly elevationDegrees: number;
  /** The same as it is seen through the air at sea level. */
  readonly apparentDegrees: number;
  /** From north over east. */
  readonly azimuthDegrees: number;
}

const julianDayOfEpoch = 2_440_587.5;
const julianDayOf2000 = 2_451_545;
const daysPerCentury = 36_525;
const arcSecondsPerDegree = 60 ** 2;

/**
 * Position of the sun by the low-accuracy series of J. Meeus, Astronomical Algorithms, chapter 25, in
 * the arrangement of the NOAA solar calculator; good to 0.01° between 1900 and 2100.
 */
export function solarPosition(tsMs: number, { latitude, longitude }: Place): SolarPosition {
  const centuries = (tsMs / dayMs + julianDayOfEpoch - julianDayOf2000) / daysPerCentury;
  const { declination, equationOfTimeMin } = sunAt(centuries);
  const minuteOfDay = ((((tsMs / dayMs) % 1) + 1) % 1) * minutesPerDay;
  const solarMin = minuteOfDay + equationOfTimeMin + 4 * longitude;
  const hourAngle = radians(solarMin / 4 - 180);
  const phi = radians(latitude);
  const sine =
    Math.sin(phi) * Math.sin(declination) +
    Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
  const azimuth = Math.atan2(
    Math.sin(hourAngle),
    Math.cos(hourAngle) * Math.sin(phi) - Math.tan(declination) * Math.cos(phi),
  );
  const elevationDegrees = degrees(Math.asin(Math.max(-1, Math.min(1, sine))));
  return {
    elevationDegrees,
    apparentDegrees: elevationDegrees + refractionDegrees(elevationDegrees),
    azimuthDegrees: (degrees(azimuth) + 180) % 360,
  };
}

/** Refraction near the ground, as the NOAA calculator approximates it, in four ranges of height. */
function refractionDegrees(elevationDegrees: number): number {
  const h = elevationDegrees;
  if (h > 85) return 0;
  const tangent = Math.tan(radians(h));
  const arcSeconds =
    h > 5
      ? 58.1 / tangent - 0.07 / tangent ** 3 + 0.000086 / tangent ** 5
      : h > -0.575
        ? 1735 + h * (-518.2 + h * (103.4 + h * (-12.79 + h * 0.711)))
        : -20.772 / tangent;
  return arcSeconds / arcSecondsPerDegree;
}

function sunAt(centuries: number): { declination: number; equationOfTimeMin: number } {
  const t = centuries;
  const meanLongitude = radians((280.46646 + t * (36_000.76983 + 0.0003032 * t)) % 360);
  const anomaly = radians(357.52911 + t * (35_999.05029 - 0.0001537 * t));
  const eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
  const centre =
    Math.sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
    Math.sin(2 * anomaly) * (0.019993 - 0.000101 * t) +
    Math.sin(3 * anomaly) * 0.000289;
  const node = radians(125.04 - 1934.136 * t);
  const apparent = meanLongitude + radians(centre - 0.00569 - 0.00478 * Math.sin(node));
  // 23° 26′ 21.448″ in the year 2000.
  const meanObliquity = 23.4392911 - t * (0.0130042 + t * (1.639e-7 - t * 5.036e-7));
  const obliquity = radians(meanObliquity + 0.00256 * Math.cos(node));
  const y = Math.tan(obliquity / 2) ** 2;
  const equation =
    y * Math.sin(2 * meanLongitude) -
    2 * eccentricity * Math.sin(anomaly) +
    4 * eccentricity * y * Math.sin(anomaly) * Math.cos(2 * meanLongitude) -
    0.5 * y * y * Math.sin(4 * meanLongitude) -
    1.25 * eccentricity * eccentricity * Math.sin(2 * anomaly);
  return {
    declination: Math.asin(Math.sin(obliquity) * Math.sin(apparent)),
    equationOfTimeMin: 4 * degrees(equation),
  };
}

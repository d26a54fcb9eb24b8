import { dayMs, minuteMs } from "../time.ts";

export interface SunPosition {
  /** Above the horizon, without refraction. */
  readonly elevationDegrees: number;
  /** As it is seen, lifted by the refraction of air at sea level; air masses go by this one. */
  readonly apparentElevationDegrees: number;
  /** From north over east. */
  readonly azimuthDegrees: number;
}

/** 2000-01-01 12:00 UTC, from which the formulas count. */
const epochMs = Date.UTC(2000, 0, 1, 12);
const daysPerCentury = 36_525;
const arcsecondsPerDegree = 3600;
const degreesPerMinute = 360 / (dayMs / minuteMs);

/**
 * Where the sun stands, by the formulas of NOAA's solar calculator (Meeus, Astronomical Algorithms):
 * within about 0.01° between 1900 and 2100.
 *
 * @param longitude degrees east, latitude degrees north.
 */
export function sunPosition(
  tsMs: number,
  { latitude, longitude }: { readonly latitude: number; readonly longitude: number },
): SunPosition {
  const { declination, equationMin } = sunOfDay(tsMs);
  const dayMin = (((tsMs % dayMs) + dayMs) % dayMs) / minuteMs;
  const hourAngle = (dayMin + equationMin) * degreesPerMinute + longitude - 180;
  const sinElevation =
    sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hourAngle);
  const east = -cos(declination) * sin(hourAngle);
  const north =
    sin(declination) * cos(latitude) - cos(declination) * cos(hourAngle) * sin(latitude);
  const elevationDegrees = degrees(Math.asin(Math.min(1, Math.max(-1, sinElevation))));
  return {
    elevationDegrees,
    apparentElevationDegrees: elevationDegrees + refraction(elevationDegrees),
    azimuthDegrees: (degrees(Math.atan2(east, north)) + 360) % 360,
  };
}

/** Declination in degrees and equation of time in minutes. */
function sunOfDay(tsMs: number): { readonly declination: number; readonly equationMin: number } {
  const century = (tsMs - epochMs) / dayMs / daysPerCentury;
  const meanLongitude = (280.46646 + century * (36_000.76983 + century * 0.0003032)) % 360;
  const anomaly = 357.52911 + century * (35_999.05029 - 0.0001537 * century);
  const eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century);
  const centre =
    sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century)) +
    sin(2 * anomaly) * (0.019993 - 0.000101 * century) +
    sin(3 * anomaly) * 0.000289;
  const node = 125.04 - 1934.136 * century;
  const apparentLongitude = meanLongitude + centre - 0.00569 - 0.00478 * sin(node);
  const meanObliquity =
    23.4392911 - century * (0.0130042 + century * (0.00000016 - century * 0.000000504));
  const obliquity = meanObliquity + 0.00256 * cos(node);
  const y = Math.tan(radians(obliquity / 2)) ** 2;
  const equation =
    y * sin(2 * meanLongitude) -
    2 * eccentricity * sin(anomaly) +
    4 * eccentricity * y * sin(anomaly) * cos(2 * meanLongitude) -
    0.5 * y * y * sin(4 * meanLongitude) -
    1.25 * eccentricity * eccentricity * sin(2 * anomaly);
  return {
    declination: degrees(Math.asin(sin(obliquity) * sin(apparentLongitude))),
    equationMin: degrees(equation) / degreesPerMinute,
  };
}

/** Refraction in degrees, NOAA's approximation in three pieces. */
function refraction(elevationDegrees: number): number {
  const h = elevationDegrees;
  const tan = Math.tan(radians(h));
  if (h > 85) return 0;
  if (h > 5) return (58.1 / tan - 0.07 / tan ** 3 + 0.000086 / tan ** 5) / arcsecondsPerDegree;
  if (h > -0.575) {
    const polynomial = 1735 + h * (-518.2 + h * (103.4 + h * (-12.79 + h * 0.711)));
    return polynomial / arcsecondsPerDegree;
  }
  return -20.772 / tan / arcsecondsPerDegree;
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}

function sin(angle: number): number {
  return Math.sin(radians(angle));
}

function cos(angle: number): number {
  return Math.cos(radians(angle));
}

/** Irradiance under a cloudless sky, W/m²: on a level surface, from the sun alone, from the sky. */
export interface ClearSky {
  readonly globalWPerM2: number;
  readonly directWPerM2: number;
  readonly diffuseWPerM2: number;
}

export interface Atmosphere {
  readonly altitudeM: number;
  /** Haze: 2 is very clear mountain air, 3 clean lowland, 5 a hazy city (Linke turbidity). */
  readonly turbidity: number;
  /** Irradiance above the atmosphere on that day, W/m²; see `extraterrestrialWPerM2`. */
  readonly extraterrestrial: number;
  /** Relative to sea level; see `airMass`. */
  readonly airMass: number;
}

const seaLevelPa = 101_325;

/** Irradiance above the atmosphere on a day of the year (Spencer 1971), W/m². */
export function extraterrestrialWPerM2(dayOfYear: number): number {
  const angle = (2 * Math.PI * (dayOfYear - 1)) / 365;
  const factor =
    1.00011 +
    0.034221 * Math.cos(angle) +
    0.00128 * Math.sin(angle) +
    0.000719 * Math.cos(2 * angle) +
    0.000077 * Math.sin(2 * angle);
  return 1366.1 * factor;
}

/** Air pressure of the standard atmosphere, Pa: 64.5 kPa at 3,650 m. */
export function standardPressurePa(altitudeM: number): number {
  return 100 * ((44_331.514 - altitudeM) / 11_880.516) ** (1 / 0.1902632);
}

/**
 * Air that sunlight passes, in multiples of the vertical way at sea level (Kasten and Young 1989, by
 * pressure), by the elevation at which the sun is seen; Infinity when it is below the horizon.
 */
export function airMass(apparentElevationDegrees: number, altitudeM: number): number {
  if (apparentElevationDegrees <= 0) return Number.POSITIVE_INFINITY;
  const h = apparentElevationDegrees;
  const relative = 1 / (Math.sin(radians(h)) + 0.50572 * (h + 6.07995) ** -1.6364);
  return (relative * standardPressurePa(altitudeM)) / seaLevelPa;
}

/**
 * Haurwitz (1945): 1098 cos z exp(−0.059 / cos z). It knows no altitude: at Lhasa it is 19 to 24 % below
 * what the air there lets through, so that it is a lower bound and no envelope.
 */
export function haurwitzWPerM2(elevationDegrees: number): number {
  const cosZenith = Math.sin(radians(elevationDegrees));
  return cosZenith <= 0 ? 0 : 1098 * cosZenith * Math.exp(-0.059 / cosZenith);
}

/** Ineichen and Perez (2002), as pvlib has it, with altitude and turbidity. */
export function ineichen(elevationDegrees: number, atmosphere: Atmosphere): ClearSky {
  const { altitudeM, turbidity, extraterrestrial, airMass: mass } = atmosphere;
  const cosZenith = Math.max(0, Math.sin(radians(elevationDegrees)));
  if (cosZenith === 0) return { globalWPerM2: 0, directWPerM2: 0, diffuseWPerM2: 0 };
  const high = Math.exp(-altitudeM / 8000);
  const low = Math.exp(-altitudeM / 1250);
  const scale = 5.09e-5 * altitudeM + 0.868;
  const decay = 3.92e-5 * altitudeM + 0.0387;
  const globalWPerM2 =
    scale * extraterrestrial * cosZenith * Math.exp(-decay * mass * (high + low * (turbidity - 1)));
  const beam = extraterrestrial * (0.664 + 0.163 / high) * Math.exp(-0.09 * mass * (turbidity - 1));
  const rest = 1 - (0.1 - 0.2 * Math.exp(-turbidity)) / (0.1 + 0.882 / high);
  const directWPerM2 = Math.max(0, Math.min(beam, (globalWPerM2 * rest) / cosZenith));
  return { globalWPerM2, directWPerM2, diffuseWPerM2: globalWPerM2 - directWPerM2 * cosZenith };
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

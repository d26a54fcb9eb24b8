import { radians } from "../units.ts";

export interface ClearSky {
  /** Global horizontal, direct normal and diffuse horizontal irradiance. */
  readonly ghiWPerM2: number;
  readonly dniWPerM2: number;
  readonly dhiWPerM2: number;
}

const solarConstantWPerM2 = 1366.1;
const seaLevelPa = 101_325;
const dark: ClearSky = { ghiWPerM2: 0, dniWPerM2: 0, dhiWPerM2: 0 };

/** Irradiance outside of the atmosphere on a day of the year, by Spencer (1971). */
export function extraterrestrialWPerM2(dayOfYear: number): number {
  const angle = (2 * Math.PI * (dayOfYear - 1)) / 365;
  return (
    solarConstantWPerM2 *
    (1.00011 +
      0.034221 * Math.cos(angle) +
      0.00128 * Math.sin(angle) +
      0.000719 * Math.cos(2 * angle) +
      0.000077 * Math.sin(2 * angle))
  );
}

/** Pressure of the standard atmosphere at an altitude, in Pa: 64.5 kPa at 3,650 m. */
export function standardPressurePa(altitudeM: number): number {
  return 100 * ((44_331.514 - altitudeM) / 11_880.516) ** (1 / 0.1902632);
}

/** Relative air mass by Kasten and Young (1989), times pressure over that at sea level. */
export function absoluteAirMass(elevationDegrees: number, altitudeM: number): number {
  const relative =
    1 / (Math.sin(radians(elevationDegrees)) + 0.50572 * (6.07995 + elevationDegrees) ** -1.6364);
  return (relative * standardPressurePa(altitudeM)) / seaLevelPa;
}

/** Haurwitz (1945): global irradiance from the height of the sun alone; the sanity bound at sea level. */
export function haurwitzWPerM2(elevationDegrees: number): number {
  const cosine = Math.sin(radians(elevationDegrees));
  return cosine <= 0 ? 0 : 1098 * cosine * Math.exp(-0.059 / cosine);
}

export interface IneichenInput {
  readonly elevationDegrees: number;
  readonly airMass: number;
  readonly linkeTurbidity: number;
  readonly altitudeM: number;
  readonly extraterrestrialWPerM2: number;
}

/** Ineichen and Perez (2002): clear-sky irradiance with altitude and Linke turbidity. */
export function ineichen(input: IneichenInput): ClearSky {
  const { elevationDegrees, airMass, linkeTurbidity, altitudeM } = input;
  const cosine = Math.sin(radians(elevationDegrees));
  if (cosine <= 0) return dark;
  const fh1 = Math.exp(-altitudeM / 8000);
  const fh2 = Math.exp(-altitudeM / 1250);
  const cg1 = 5.09e-5 * altitudeM + 0.868;
  const cg2 = 3.92e-5 * altitudeM + 0.0387;
  const outside = input.extraterrestrialWPerM2;
  const ghiWPerM2 =
    cg1 * outside * cosine * Math.exp(-cg2 * airMass * (fh1 + fh2 * (linkeTurbidity - 1)));
  const beam = outside * (0.664 + 0.163 / fh1) * Math.exp(-0.09 * airMass * (linkeTurbidity - 1));
  const beamMax =
    (ghiWPerM2 * (1 - (0.1 - 0.2 * Math.exp(-linkeTurbidity)) / (0.1 + 0.882 / fh1))) / cosine;
  const dniWPerM2 = Math.min(beam, beamMax);
  return { ghiWPerM2, dniWPerM2, dhiWPerM2: ghiWPerM2 - dniWPerM2 * cosine };
}

import { clamp } from "../units.ts";

/** What a load mainly consists of; it decides how its power follows shift, weather and light. */
export type LoadClass =
  | "it"
  | "cooling"
  | "cold-store"
  | "kiln"
  | "continuous"
  | "electrolysis"
  | "compressor"
  | "heat-station"
  | "hvac"
  | "night-light"
  | "office"
  | "pump"
  | "storage-auxiliaries"
  | "auxiliaries"
  | "process";

/** A park file has no field for it, so the English name of a meter tells. The first match counts. */
const names: readonly (readonly [RegExp, LoadClass])[] = [
  [/\bUPS\b|server room/i, "it"],
  [/storage.*auxiliar/i, "storage-auxiliaries"],
  [/well station|well pump|circulation|heat pump/i, "heat-station"],
  [/chiller|cooling|refrigerat/i, "cooling"],
  [/cold store|freez/i, "cold-store"],
  [/kiln|furnace/i, "kiln"],
  [/electrolys/i, "electrolysis"],
  [/air separation|waste-water/i, "continuous"],
  [/compress/i, "compressor"],
  [/heating and vent|clean-room/i, "hvac"],
  [/street light|road light/i, "night-light"],
  [/office|lifts|sockets|packing|laborator/i, "office"],
  [/pump/i, "pump"],
  [/auxiliar/i, "auxiliaries"],
];

export function loadClassOf(nameEn: string, industry: string | null): LoadClass {
  const match = names.find(([pattern]) => pattern.test(nameEn));
  if (match !== undefined) return match[1];
  return industry === "computing" ? "it" : "process";
}

/** What the power of a load can depend on. */
export interface LoadSurroundings {
  /** How busy its enterprise is, 0 to 1. */
  readonly activity: number;
  readonly ambientCelsius: number;
  /** Need for heat, 0 to 1. */
  readonly heatFraction: number;
  readonly isDark: boolean;
  /** Power of the storage station over its rating, whatever its direction. */
  readonly storageUse: number;
}

/** Share of its rating that a load draws. */
export function loadShare(loadClass: LoadClass, around: LoadSurroundings): number {
  const { activity, ambientCelsius, heatFraction, isDark, storageUse } = around;
  switch (loadClass) {
    case "it":
      return 0.52 + 0.24 * activity;
    case "cooling":
      return clamp(0.26 + 0.2 * activity + 0.011 * (ambientCelsius - 5), 0.15, 0.92);
    case "cold-store":
      return clamp(0.4 + 0.12 * activity + 0.008 * ambientCelsius, 0.2, 0.9);
    case "kiln":
      return 0.5 + 0.12 * activity;
    case "continuous":
      return 0.3 + 0.35 * activity;
    case "electrolysis":
      return 0.1 + 0.56 * activity;
    case "compressor":
      return 0.12 + 0.52 * activity;
    case "heat-station":
      return clamp(0.18 + 0.66 * heatFraction, 0, 0.92);
    case "hvac":
      return clamp(0.12 + 0.4 * activity + 0.25 * heatFraction, 0, 0.9);
    case "night-light":
      return isDark ? 0.82 : 0.02;
    case "office":
      return 0.07 + 0.55 * activity;
    case "pump":
      return 0.18 + 0.42 * activity;
    case "storage-auxiliaries":
      return clamp(0.24 + 0.4 * storageUse + 0.006 * Math.abs(ambientCelsius - 15), 0, 0.92);
    case "auxiliaries":
      return 0.4 + 0.12 * activity;
    case "process":
      return 0.06 + 0.61 * activity;
  }
}

/** Need for heat at an outdoor temperature: none above 17 °C, all of it at −9 °C. */
export function heatFractionAt(ambientCelsius: number): number {
  return clamp((17 - ambientCelsius) / 26, 0, 1);
}

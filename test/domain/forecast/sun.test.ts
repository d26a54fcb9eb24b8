import { describe, expect, it } from "vitest";
import {
  airMass,
  extraterrestrialWPerM2,
  haurwitzWPerM2,
  ineichen,
  standardPressurePa,
} from "../../../src/domain/forecast/clear-sky.ts";
import { sunPosition } from "../../../src/domain/forecast/sun.ts";
import { dayMs } from "../../../src/domain/time.ts";

const lhasa = { latitude: 29.65, longitude: 91.1 };
const altitudeM = 3650;

// Positions, air masses and irradiances of Lhasa in Beijing time, computed with an implementation of its
// own of the same formulas; columns: elevation, azimuth, air mass, Haurwitz, Ineichen at turbidity 2
// (global, direct) and at turbidity 3 (global).
const table = [
  ["2026-03-20T12:00", 48.168, 129.883, 0.8534, 756.0, 972.5, 1175.4, 964.4],
  ["2026-03-20T14:00", 60.199, 178.437, 0.7331, 890.3, 1149.6, 1188.1, 1141.4],
  ["2026-06-21T09:00", 24.338, 75.827, 1.5356, 392.8, 474.4, 1060.4, 467.3],
  ["2026-06-21T14:00", 83.76, 185.559, 0.6402, 1028.6, 1278.0, 1149.4, 1270.0],
  ["2026-09-23T17:00", 35.476, 245.845, 1.0942, 576.0, 724.0, 1132.5, 716.3],
  ["2026-12-22T12:00", 30.262, 149.543, 1.2587, 492.7, 641.6, 1162.2, 633.8],
  ["2026-12-22T14:00", 36.893, 181.707, 1.058, 597.8, 783.5, 1183.4, 775.4],
] as const;

describe("the sun over Lhasa", () => {
  it.each(table)("stands at its place at %s", (when, elevation, azimuth) => {
    const position = sunPosition(Date.parse(`${when}+08:00`), lhasa);
    expect(Math.abs(position.elevationDegrees - elevation)).toBeLessThan(0.01);
    // Near the zenith the direction changes by degrees within seconds.
    expect(Math.abs(position.azimuthDegrees - azimuth)).toBeLessThan(elevation > 80 ? 0.1 : 0.01);
  });

  it.each(table)("shines through the air of %s", (when, ...row) => {
    const [, , mass, haurwitz, global2, direct2, global3] = row;
    const { apparentElevationDegrees: seen } = sunPosition(Date.parse(`${when}+08:00`), lhasa);
    const dayOfYear = Math.floor((Date.parse(`${when}Z`) - Date.UTC(2026, 0, 1)) / dayMs) + 1;
    const air = airMass(seen, altitudeM);
    expect(Math.abs(air - mass)).toBeLessThan(0.0002);
    expect(Math.abs(haurwitzWPerM2(seen) - haurwitz)).toBeLessThan(0.5);
    const extraterrestrial = extraterrestrialWPerM2(dayOfYear);
    const at = (turbidity: number) =>
      ineichen(seen, { altitudeM, turbidity, extraterrestrial, airMass: air });
    expect(Math.abs(at(2).globalWPerM2 - global2)).toBeLessThan(0.5);
    expect(Math.abs(at(2).directWPerM2 - direct2)).toBeLessThan(0.5);
    expect(Math.abs(at(3).globalWPerM2 - global3)).toBeLessThan(0.5);
  });

  it("stands where the algorithm of NREL says over Golden", () => {
    // SPA (Reda and Andreas 2008): zenith 50.11162, azimuth 194.34024, elevation before refraction 39.872.
    const golden = { latitude: 39.742476, longitude: -105.1786 };
    const position = sunPosition(Date.parse("2003-10-17T12:30:30-07:00"), golden);
    expect(Math.abs(position.elevationDegrees - 39.872)).toBeLessThan(0.01);
    expect(Math.abs(position.apparentElevationDegrees - 39.888)).toBeLessThan(0.01);
    expect(Math.abs(position.azimuthDegrees - 194.3402)).toBeLessThan(0.01);
  });
});

describe("clear sky", () => {
  // Expected values of pvlib's own tests.
  it.each([
    [-20, 0],
    [0, 0],
    [5, 48.6298687942],
    [10, 135.741748092],
    [30, 487.894132885],
    [50, 778.766689344],
    [90, 1035.0920325],
  ])("after Haurwitz at %s° is %s W/m²", (elevation, irradiance) => {
    expect(haurwitzWPerM2(elevation)).toBeCloseTo(irradiance, 6);
  });

  it("after Ineichen agrees with pvlib", () => {
    const sky = ineichen(80, {
      ...{ altitudeM: 0, turbidity: 3, extraterrestrial: 1364, airMass: 1 },
    });
    expect(sky.globalWPerM2).toBeCloseTo(1038.159219, 5);
    expect(sky.directWPerM2).toBeCloseTo(942.208186, 5);
    expect(sky.diffuseWPerM2).toBeCloseTo(110.265293, 5);
  });

  it("is dark below the horizon", () => {
    const air = {
      altitudeM,
      turbidity: 2,
      extraterrestrial: 1366,
      airMass: airMass(-1, altitudeM),
    };
    expect(ineichen(-1, air)).toEqual({ globalWPerM2: 0, directWPerM2: 0, diffuseWPerM2: 0 });
  });

  it("has less than two thirds of the sea's pressure above Lhasa", () => {
    expect(standardPressurePa(altitudeM)).toBeCloseTo(64_505, -1);
  });
});

import { describe, expect, it } from "vitest";
import {
  absoluteAirMass,
  extraterrestrialWPerM2,
  haurwitzWPerM2,
  ineichen,
} from "../../simulators/sky/clear-sky.ts";
import { solarPosition } from "../../simulators/sky/solar-position.ts";

const lhasa = { latitude: 29.65, longitude: 91.1 };
const altitudeM = 3650;

/** Instant in Beijing time, elevation, azimuth, absolute air mass, Haurwitz GHI, Ineichen at TL 2 and 3. */
const vectors = [
  ["2026-03-20T12:00", 48.168, 129.883, 0.8534, 756.0, 972.5, 1175.4, 964.4],
  ["2026-03-20T14:00", 60.199, 178.437, 0.7331, 890.3, 1149.6, 1188.1, 1141.4],
  ["2026-06-21T09:00", 24.338, 75.827, 1.5356, 392.8, 474.4, 1060.4, 467.3],
  ["2026-06-21T14:00", 83.76, 185.559, 0.6402, 1028.6, 1278.0, 1149.4, 1270.0],
  ["2026-09-23T17:00", 35.476, 245.845, 1.0942, 576.0, 724.0, 1132.5, 716.3],
  ["2026-12-22T12:00", 30.262, 149.543, 1.2587, 492.7, 641.6, 1162.2, 633.8],
  ["2026-12-22T14:00", 36.893, 181.707, 1.058, 597.8, 783.5, 1183.4, 775.4],
] as const;

function clearSkyAt(when: string, linkeTurbidity: number) {
  const tsMs = Date.parse(`${when}:00+08:00`);
  const { apparentDegrees } = solarPosition(tsMs, lhasa);
  const dayOfYear = Math.floor((tsMs - Date.UTC(2026, 0, 1)) / 86_400_000) + 1;
  return ineichen({
    elevationDegrees: apparentDegrees,
    airMass: absoluteAirMass(apparentDegrees, altitudeM),
    linkeTurbidity,
    altitudeM,
    extraterrestrialWPerM2: extraterrestrialWPerM2(dayOfYear),
  });
}

describe("the sun over Lhasa", () => {
  it.each(vectors)("stands where the tables say on %s", (when, elevation, azimuth) => {
    const at = solarPosition(Date.parse(`${when}:00+08:00`), lhasa);
    expect(Math.abs(at.elevationDegrees - elevation)).toBeLessThan(0.01);
    expect(Math.abs(at.azimuthDegrees - azimuth)).toBeLessThan(0.01);
  });

  it("agrees with the reference case of the NREL algorithm to 0.01°", () => {
    const at = solarPosition(Date.parse("2003-10-17T12:30:30-07:00"), {
      latitude: 39.742476,
      longitude: -105.1786,
    });
    expect(Math.abs(at.elevationDegrees - 39.872046)).toBeLessThan(0.01);
    expect(Math.abs(at.apparentDegrees - 39.888378)).toBeLessThan(0.01);
    expect(Math.abs(at.azimuthDegrees - 194.340241)).toBeLessThan(0.01);
  });

  it.each(vectors)("shines through clear air as the models say on %s", (...vector) => {
    const [when, , , airMass, haurwitz, ghi2, dni2, ghi3] = vector;
    const { apparentDegrees } = solarPosition(Date.parse(`${when}:00+08:00`), lhasa);
    expect(Math.abs(absoluteAirMass(apparentDegrees, altitudeM) - airMass)).toBeLessThan(0.0001);
    expect(Math.abs(haurwitzWPerM2(apparentDegrees) - haurwitz)).toBeLessThan(0.5);
    expect(Math.abs(clearSkyAt(when, 2).ghiWPerM2 - ghi2)).toBeLessThan(0.5);
    expect(Math.abs(clearSkyAt(when, 2).dniWPerM2 - dni2)).toBeLessThan(0.5);
    expect(Math.abs(clearSkyAt(when, 3).ghiWPerM2 - ghi3)).toBeLessThan(0.5);
  });
});

describe("clear sky at sea level", () => {
  it.each([
    [5, 48.6298687942],
    [10, 135.741748092],
    [30, 487.894132885],
    [50, 778.766689344],
    [90, 1035.0920325],
    [0, 0],
    [-20, 0],
  ])("has the published Haurwitz value at %s°", (elevation, expected) => {
    expect(haurwitzWPerM2(elevation)).toBeCloseTo(expected, 6);
  });

  it("has the published Ineichen values", () => {
    const sky = ineichen({
      elevationDegrees: 80,
      airMass: 1,
      linkeTurbidity: 3,
      altitudeM: 0,
      extraterrestrialWPerM2: 1364,
    });
    expect(sky.ghiWPerM2).toBeCloseTo(1038.159219, 5);
    expect(sky.dniWPerM2).toBeCloseTo(942.208186, 5);
    expect(sky.dhiWPerM2).toBeCloseTo(110.265293, 5);
  });
});

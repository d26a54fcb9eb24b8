/** Monthly means of Lhasa and the swing from the mean to the warmest hour, rounded. */
const monthMeansCelsius = [-1, 2, 5.5, 9, 13, 17, 16.5, 16, 14, 9.5, 4, 0] as const;
const monthSwingsCelsius = [8, 8, 7.5, 7, 7, 6, 5.5, 5.5, 6, 7.5, 8.5, 8.5] as const;

const home = { latitude: 29.65, altitudeM: 3650 };
const lapseCelsiusPerM = 0.006;
const perDegreeCelsius = 0.7;
/** The warmest hour of a day on Beijing time at 91° east; the coldest is half a day away. */
const warmestHour = 16.5;

/**
 * Typical air temperature. Places elsewhere get the shape of Lhasa, moved by height and latitude:
 * enough to shape heating and cooling, not a climate record.
 */
export function typicalCelsius(
  place: { readonly latitude: number; readonly altitudeM: number },
  dayOfYear: number,
  hourOfDay: number,
): number {
  const southern = place.latitude < 0 ? 6 : 0;
  const position = (dayOfYear / 365) * 12 - 0.5 + southern;
  const shiftCelsius =
    lapseCelsiusPerM * (home.altitudeM - place.altitudeM) -
    perDegreeCelsius * (Math.abs(place.latitude) - home.latitude);
  const phase = ((hourOfDay - warmestHour) / 12) * Math.PI;
  const swing = between(monthSwingsCelsius, position) * Math.cos(phase);
  return between(monthMeansCelsius, position) + shiftCelsius + swing;
}

function between(months: readonly number[], position: number): number {
  const left = Math.floor(position);
  const at = (index: number): number => months[((index % 12) + 12) % 12] ?? 0;
  return at(left) + (at(left + 1) - at(left)) * (position - left);
}

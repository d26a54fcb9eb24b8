/**
 * First day of the Tibetan new year (ལོ་གསར, 藏历新年) and of the Shoton festival (雪顿节). Both follow
 * the Tibetan calendar, which is not computed here; a year that is missing has neither. The dates only
 * shape the simulated loads.
 */
const tibetanFestivals: Readonly<
  Record<number, { readonly losar: string; readonly shoton: string }>
> = {
  2024: { losar: "02-10", shoton: "08-04" },
  2025: { losar: "02-28", shoton: "08-23" },
  2026: { losar: "02-18", shoton: "08-12" },
  2027: { losar: "02-07", shoton: "09-01" },
  2028: { losar: "02-26", shoton: "08-20" },
  2029: { losar: "02-14", shoton: "08-09" },
  2030: { losar: "03-05", shoton: "08-28" },
};

const losarDays = 7;
const shotonDays = 5;

/** Holidays on fixed days of the solar calendar, `month-day`. */
const solarHolidays = new Set([
  ...["01-01", "03-28", "04-04", "04-05", "05-01", "05-02", "05-03"],
  ...["10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"],
]);

/** Holidays of the Chinese lunisolar calendar, `month-day`: Spring Festival, 端午, 中秋. */
const lunarHolidays = new Set([
  ...["1-1", "1-2", "1-3", "1-4", "1-5", "1-6", "1-7", "5-5", "8-15"],
]);

const lunarFormat = new Intl.DateTimeFormat("en-u-ca-chinese", {
  timeZone: "UTC",
  month: "numeric",
  day: "numeric",
});

/** Whether most of the park rests on this calendar day. */
export function isHoliday(year: number, month: number, day: number): boolean {
  const date = Date.UTC(year, month - 1, day);
  if (solarHolidays.has(monthDay(date))) return true;
  if (lunarHolidays.has(lunarMonthDay(date))) return true;
  const festivals = tibetanFestivals[year];
  if (festivals === undefined) return false;
  return (
    isWithin(date, `${year}-${festivals.losar}`, losarDays) ||
    isWithin(date, `${year}-${festivals.shoton}`, shotonDays)
  );
}

function isWithin(date: number, first: string, days: number): boolean {
  const firstDate = Date.parse(`${first}T00:00:00Z`);
  const lastDate = new Date(firstDate);
  lastDate.setUTCDate(lastDate.getUTCDate() + days - 1);
  return date >= firstDate && date <= lastDate.getTime();
}

function monthDay(date: number): string {
  return new Date(date).toISOString().slice(5, 10);
}

function lunarMonthDay(date: number): string {
  const parts = lunarFormat.formatToParts(date);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("month")}-${part("day")}`;
}

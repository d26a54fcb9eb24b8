/** Conversions between the units of the API and those that are shown; nowhere else. */

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const quarterHourMs = 15 * minuteMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const mwOfKw = (powerKw: number): number => powerKw / 1_000;
export const mwhOfKwh = (energyKwh: number): number => energyKwh / 1_000;
export const gwhOfKwh = (energyKwh: number): number => energyKwh / 1e6;
/** Mean power over a quarter hour. */
export const kwOfQuarterKwh = (energyKwh: number): number => energyKwh * 4;
export const secondsOfMs = (durationMs: number): number => Math.floor(durationMs / secondMs);

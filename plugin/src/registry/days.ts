import type { DayCount, DayRange } from "../store/metadata.ts";

/** Days are those of UTC, written `2026-11-22`. */

export const DAY_MS = 24 * 60 * 60 * 1000;

/** Days that a number of downloads is about where nothing else is said. */
export const DOWNLOAD_DAYS = 30;

/** The last `count` days, today included. */
export function lastDays(now: Date, count: number): DayRange {
  return { from: dayOf(now.getTime() - (count - 1) * DAY_MS), to: dayOf(now.getTime()) };
}

/** Every day of the range, in order. */
function eachDay({ from, to }: DayRange): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) days.push(dayOf(time));
  return days;
}

/** One entry for every day of the range, in order. */
export function fillDays(range: DayRange, counts: DayCount[]): DayCount[] {
  const known = new Map(counts.map(({ day, count }) => [day, count]));
  return eachDay(range).map((day) => ({ day, count: known.get(day) ?? 0 }));
}

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

import { SkillsError } from "@skills-registry/schema";
import type { DayRange } from "../store/metadata.ts";
import { DAY_MS, lastDays } from "./days.ts";

/** Periods of downloads as npm writes them. Its "available" days end with today: a download counts within seconds. */

const NAMED: Readonly<Record<string, number>> = {
  "last-day": 1,
  "last-week": 7,
  "last-month": 30,
  "last-year": 365,
};

/** 18 months, the most that npm answers. */
const DAYS_MAX = 549;

/** The days of `last-week`, `2026-03-01` or `2026-03-01:2026-03-31`, both ends included. Throws EBADREQUEST. */
export function parsePeriod(text: string, now: Date): DayRange {
  const count = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
  if (count !== undefined) return lastDays(now, count);
  const [from = "", to = from, ...more] = text.split(":", 3);
  if (more.length > 0 || !isDay(from) || !isDay(to)) {
    throw badPeriod(`${JSON.stringify(text.slice(0, 60))} is not a period`);
  }
  if (from > to) throw badPeriod(`the period ${text} ends before it begins`);
  if ((Date.parse(to) - Date.parse(from)) / DAY_MS >= DAYS_MAX) {
    throw badPeriod(`the period ${text} is longer than ${DAYS_MAX} days`);
  }
  return { from, to };
}

/** A day of the calendar: `Date.parse` would move 30 February into March. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function badPeriod(message: string): SkillsError {
  return new SkillsError("EBADREQUEST", message, {
    hint: `Periods are ${Object.keys(NAMED).join(", ")}, 2026-03-01 or 2026-03-01:2026-03-31.`,
  });
}

import { SkillsError } from "@skills-registry/schema";

/** ISO times: at or after `from`, before `before`; null leaves the side open. */
export interface Period {
  from: string | null;
  before: string | null;
}

/** ISO times of five-digit years do not sort. */
const END_OF_TIME = "9999-12-31T23:59:59.999Z";

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/**
 * `2026`, `2026-03` or `2026-03-01` as a whole; `>`, `>=`, `<`, `<=` in front; or two of them with `..` between.
 * In UTC. Throws EBADREQUEST for anything else.
 */
export function parsePeriod(text: string): Period {
  const [first = "", second] = text.split("..", 2);
  if (second !== undefined) {
    return {
      from: first === "" ? null : spanOf(first, text).from,
      before: second === "" ? null : spanOf(second, text).before,
    };
  }
  const [, operator = "", date = ""] = /^([<>]=?)?(.*)$/s.exec(text) ?? [];
  const span = spanOf(date, text);
  if (operator === ">") return { from: span.before, before: null };
  if (operator === ">=") return { from: span.from, before: null };
  if (operator === "<") return { from: null, before: span.from };
  if (operator === "<=") return { from: null, before: span.before };
  return span;
}

/** What lies in both. */
export function narrowed(one: Period, other: Period): Period {
  return { from: later(one.from, other.from), before: earlier(one.before, other.before) };
}

function later(one: string | null, other: string | null): string | null {
  return one === null || (other !== null && other > one) ? other : one;
}

function earlier(one: string | null, other: string | null): string | null {
  return one === null || (other !== null && other < one) ? other : one;
}

/** Begin of the year, month or day, and begin of the next one. */
function spanOf(date: string, typed: string): { from: string; before: string } {
  const [, year, month, day] = DATE.exec(date) ?? [];
  if (year === undefined) throw unreadable(typed);
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const from = startOf(y, m, d);
  if (!from.startsWith(date)) throw unreadable(typed);
  if (day !== undefined) return { from, before: startOf(y, m, d + 1) };
  return { from, before: month === undefined ? startOf(y + 1, 0, 1) : startOf(y, m + 1, 1) };
}

/** Carries over as calendars do, which tells dates that do not exist. */
function startOf(year: number, month: number, day: number): string {
  const time = new Date(0);
  // Not `Date.UTC`, which takes the year 26 for 1926.
  time.setUTCFullYear(year, month, day);
  return time.getUTCFullYear() > 9_999 ? END_OF_TIME : time.toISOString();
}

function unreadable(typed: string): SkillsError {
  return new SkillsError("EBADREQUEST", `updated:${typed.slice(0, 60)} is not a date`, {
    hint: "Write updated:>2026-01-01, updated:2026-03 or updated:2026-01-01..2026-02-28.",
  });
}

import { type Html, html } from "./html.ts";

const SECOND = 1000;
/** Largest first. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 24 * 3600 * SECOND],
  ["month", 30 * 24 * 3600 * SECOND],
  ["day", 24 * 3600 * SECOND],
  ["hour", 3600 * SECOND],
  ["minute", 60 * SECOND],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const grouped = new Intl.NumberFormat("en");
const longDate = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** "3 days ago", with the exact time for machines and for who points at it. */
export function ago(time: string, now: Date): Html {
  return html`<time datetime="${time}" title="${time.replace("T", " ").replace(/\.\d+Z$/, " UTC")}"
    >${agoText(Date.parse(time) - now.getTime())}</time
  >`;
}

function agoText(difference: number): string {
  const unit = UNITS.find(([, size]) => Math.abs(difference) >= size);
  return unit === undefined ? "just now" : relative.format(Math.trunc(difference / unit[1]), unit[0]);
}

/** "22 November 2026". */
export function date(time: string): string {
  return longDate.format(new Date(time));
}

/** "1.2K" above a thousand. */
export function short(count: number): string {
  return compact.format(count);
}

/** "12,345". */
export function exact(count: number): string {
  return grouped.format(count);
}

/** "1 skill", "1,200 skills". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped.format(count)} ${count === 1 ? noun : nouns}`;
}

/** "14 kB", of 1,000 bytes each as npm counts. */
export function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, "byte");
  if (bytes < 1e6) return `${significant(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${significant(bytes / 1e6)} MB` : `${significant(bytes / 1e9)} GB`;
}

function significant(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

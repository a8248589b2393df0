/** Numbers, sizes and times as people read them. */

/** Made on first use: the first one of a process takes 20 ms, and most commands show no number that needs it. */
let grouped: Intl.NumberFormat | undefined;
let relative: Intl.RelativeTimeFormat | undefined;

/** `1,204` */
export function count(value: number): string {
  grouped ??= new Intl.NumberFormat("en");
  return grouped.format(value);
}

/** `1 file`, `2 files` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

const SIZE_UNITS = ["B", "kB", "MB", "GB"];

/** Bytes as `512 B`, `12.3 kB`: thousands, as npm and disks count them. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${SIZE_UNITS[unit]}`;
}

const DAY_MS = 86_400_000;
/** Days that make up each unit, the largest first. */
const TIME_UNITS = [
  ["year", 365],
  ["month", 30],
  ["day", 1],
] as const;

/** `3 days ago`; what is younger than a day, or lies ahead by a wrong clock, is of today. */
export function ago(date: Date, now: Date): string {
  relative ??= new Intl.RelativeTimeFormat("en");
  const days = Math.floor((now.getTime() - date.getTime()) / DAY_MS);
  for (const [unit, length] of TIME_UNITS) {
    if (days >= length) return relative.format(-Math.floor(days / length), unit);
  }
  return "today";
}

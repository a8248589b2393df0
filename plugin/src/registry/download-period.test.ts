import { describe, expect, it } from "vitest";
import { parsePeriod } from "./download-period.ts";

const NOW = new Date("2026-03-01T23:59:59.999Z");

describe("parsePeriod", () => {
  it.each([
    ["last-day", "2026-03-01", "2026-03-01"],
    ["last-week", "2026-02-23", "2026-03-01"],
    ["last-month", "2026-01-31", "2026-03-01"],
    ["last-year", "2025-03-02", "2026-03-01"],
    ["2024-02-29", "2024-02-29", "2024-02-29"],
    ["2026-01-01:2026-01-31", "2026-01-01", "2026-01-31"],
    ["2027-01-01:2027-01-01", "2027-01-01", "2027-01-01"],
  ])("%s is %s to %s", (text, from, to) => {
    expect(parsePeriod(text, NOW)).toEqual({ from, to });
  });

  it("takes 549 days and no more", () => {
    expect(parsePeriod("2025-01-01:2026-07-03", NOW)).toEqual({ from: "2025-01-01", to: "2026-07-03" });
    expect(() => parsePeriod("2025-01-01:2026-07-04", NOW)).toThrow("longer than 549 days");
  });

  it.each([
    "",
    ":",
    "last-decade",
    "toString",
    "__proto__",
    "2026-02-30",
    "2026-13-01",
    "2026-3-1",
    "20260301",
    "2026-03-01T00:00:00Z",
    "2026-03-01:",
    ":2026-03-01",
    "2026-03-02:2026-03-01",
    "2026-03-01:2026-03-02:2026-03-03",
    "last-week:last-day",
    "+002026-03-01",
    "0001-01-01:9999-12-31",
    "\u0000",
    "\ud800",
    "x".repeat(10_000),
  ])("refuses %j", (text) => {
    expect(() => parsePeriod(text, NOW)).toThrow(expect.objectContaining({ code: "EBADREQUEST" }));
  });
});

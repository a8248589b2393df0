import { describe, expect, test } from "vitest";
import { ago, count, counted, size } from "./format.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [12_345, "12.3 kB"],
  [123_456, "123 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [5_000_000_000, "5.0 GB"],
])("%i bytes are %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

describe("a time", () => {
  const now = new Date("2026-06-15T12:00:00Z");
  test.each([
    ["2026-06-15T11:00:00Z", "today"],
    ["2026-06-16T11:00:00Z", "today"],
    ["2026-06-14T11:00:00Z", "1 day ago"],
    ["2026-05-17T11:00:00Z", "29 days ago"],
    ["2026-05-01T11:00:00Z", "1 month ago"],
    ["2024-06-01T11:00:00Z", "2 years ago"],
  ])("%s is %s", (date, text) => {
    expect(ago(new Date(date), now)).toBe(text);
  });
});

test("numbers are grouped, and nouns follow them", () => {
  expect(count(1_234_567)).toBe("1,234,567");
  expect([counted(1, "like"), counted(1_204, "like")]).toEqual(["1 like", "1,204 likes"]);
});

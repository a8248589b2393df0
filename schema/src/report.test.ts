import { describe, expect, it } from "vitest";
import { issue } from "./issue.ts";
import { sortedReport } from "./report.ts";

describe("sortedReport", () => {
  it("cuts a code that floods it, and says how many are left out", () => {
    const flood = Array.from({ length: 250 }, (_, index) =>
      issue("archive.mode", { path: `f${String(index).padStart(3, "0")}`, message: "m" }),
    );
    const report = sortedReport([...flood, issue("archive.env", { path: "z", message: "m" })]);
    expect(report).toHaveLength(102);
    expect(report[0]).toMatchObject({
      code: "report.truncated",
      message: "150 more findings of archive.mode are not listed",
    });
    expect(report.at(-1)).toMatchObject({ code: "archive.env" });
  });
});

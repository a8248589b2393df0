import { type Issue, issue, type IssueCode } from "./issue.ts";

/** Findings of one code in a report: enough to see the pattern, small enough for an answer of the registry. */
const PER_CODE_MAX = 100;

/** Sorted by path, line and code, and cut where one code floods the report; the cut says so. */
export function sortedReport(issues: Issue[]): Issue[] {
  const counts = new Map<IssueCode, number>();
  const kept = issues.toSorted(compare).filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= PER_CODE_MAX;
  });
  const cut = [...counts].filter(([, count]) => count > PER_CODE_MAX);
  if (cut.length === 0) return kept;
  const notes = cut.map(([code, count]) => {
    return issue("report.truncated", {
      path: "",
      message: `${count - PER_CODE_MAX} more findings of ${code} are not listed`,
    });
  });
  return [...notes, ...kept].toSorted(compare);
}

/** By code units, not by language: the same on every machine. */
function compare(a: Issue, b: Issue): number {
  return order(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0) || order(a.code, b.code);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

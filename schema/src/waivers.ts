import { type Issue, issue } from "./issue.ts";
import { ISSUE_TABLE } from "./issue-table.ts";
import type { Waiver } from "./package-schema.ts";
import { quote } from "./text.ts";

/**
 * Takes out the findings that the author declared harmless; they are stored and shown all the same.
 * Only codes marked waivable can go, whatever the list says. An entry that matches nothing is reported: it may hide a later finding.
 */
export function applyWaivers(issues: Issue[], waivers: Waiver[]): { issues: Issue[]; waived: Issue[] } {
  const isWaived = (found: Issue): boolean =>
    "waivable" in ISSUE_TABLE[found.code] && waivers.some((waiver) => matches(waiver, found));
  const unused = waivers
    .filter((waiver) => !issues.some((found) => matches(waiver, found)))
    .map(({ path, code }) => {
      const message = `skill.allow lists ${code} in ${quote(path)}, which was not found`;
      return issue("package.waiver.unused", { path: "package.json", message });
    });
  return {
    issues: [...issues.filter((found) => !isWaived(found)), ...unused],
    waived: issues.filter(isWaived),
  };
}

function matches(waiver: Waiver, found: Issue): boolean {
  return waiver.code === found.code && waiver.path === found.path;
}

import { stat } from "node:fs/promises";
import { exists } from "../files.ts";
import { isModified, targetsOf, type Target } from "../install/installed.ts";
import type { Lock } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { counted } from "../terminal/format.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";
import { shownPath } from "./readers.ts";

type PathState = "ok" | "missing" | "broken" | "modified";

/** Compares every path of every installed skill with what skills.lock says of it. */
export async function checkInstalled(place: Place, lock: Lock): Promise<Finding[]> {
  const skills = Object.values(lock).flatMap((entry) =>
    Object.entries(entry.skills).map(([skill, { files }]) => ({ skill, files, entry })),
  );
  const paths = await Promise.all(
    skills.map(async ({ skill, files, entry }) => {
      const targets = await targetsOf(place, skill, entry);
      return Promise.all(targets.map((target) => look(place, target, files)));
    }),
  );
  const findings = findingsOf(paths.flat());
  return findings.length > 0
    ? findings
    : [ok("skills", `${counted(skills.length, "installed skill")}, each as it came`)];
}

interface Looked {
  state: PathState;
  shown: string;
}

async function look(place: Place, target: Target, files: Record<string, string>): Promise<Looked> {
  const shown = shownPath({ place, home: undefined }, target.path);
  if (!(await exists(target.path))) return { state: "missing", shown };
  const leads = await stat(target.path).catch(() => undefined);
  if (leads === undefined) return { state: "broken", shown };
  return { state: (await isModified(place, target, files)) ? "modified" : "ok", shown };
}

const REPORTS = {
  missing: { report: problem, what: "missing", hint: "Run skills install." },
  broken: {
    report: problem,
    what: "a link that leads nowhere",
    hint: "Run skills install, or skills install --force if somebody changed the link.",
  },
  modified: {
    report: warning,
    what: "not as it was installed",
    hint: "Keep the change, or run skills install --force, which keeps a copy of it.",
  },
} as const;

function findingsOf(paths: Looked[]): Finding[] {
  return (["missing", "broken", "modified"] as const).flatMap((state) => {
    const items = paths.filter((path) => path.state === state).map(({ shown }) => shown);
    const { report, what, hint } = REPORTS[state];
    const [first, second] = items;
    if (first === undefined) return [];
    if (second === undefined) return [report("skills", { message: `${first} is ${what}`, hint })];
    return [
      report("skills", { message: `each of ${counted(items.length, "path")} is ${what}`, hint, items }),
    ];
  });
}

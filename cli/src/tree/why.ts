import { SkillsError } from "@skills-registry/schema/basics";
import type { PlaceState } from "../install/state.ts";
import { ownerOf } from "../project/lockfile.ts";
import { span, type Line } from "../terminal/line.ts";
import { needsIn, type Need, type Needs } from "./needs.ts";

/** Ways to one package that are told; in a web of dependencies there can be exponentially many. */
const PATHS_MAX = 100;
/** Steps of the search for them. */
const STEPS_MAX = 100_000;

/** One step: what is asked for, by which range, and the version that is here; null for what is not installed. */
interface Step extends Need {
  version: string | null;
}

/** Why a package is here, as `--json` has it. */
export interface Why {
  package: string;
  version: string;
  /** From a wish of skills.json to the package, the shortest first; none when nothing needs it. */
  paths: Step[][];
  /** False where there are more ways than are told. */
  complete: boolean;
}

/** Every way from skills.json to a package, named by itself or by one of its skills. Throws ENOTINSTALLED. */
export function whyInstalled(text: string, state: PlaceState): Why {
  const { lock } = state;
  const name = Object.hasOwn(lock, text) ? text : ownerOf(lock, text);
  const entry = name === undefined ? undefined : lock[name];
  if (name === undefined || entry === undefined) throw notInstalled(text, state);
  const { paths, complete } = pathsTo(name, state);
  const steps = paths.map((path) =>
    path.map((need) => ({ ...need, version: lock[need.name]?.version ?? null })),
  );
  return { package: name, version: entry.version, paths: steps, complete };
}

/** Goes on breadth first, so that short ways come first; no way passes a package twice, so cycles end. */
function pathsTo(name: string, state: PlaceState): { paths: Need[][]; complete: boolean } {
  const needs = needsIn(state);
  if (!needs.reached.has(name)) return { paths: [], complete: true };
  const open = needs.wishes.map((wish) => [wish]);
  const paths: Need[][] = [];
  for (let step = 0; step < open.length; step += 1) {
    if (step === STEPS_MAX || paths.length === PATHS_MAX)
      return { paths: paths.length === 0 ? [shortestPath(name, needs)] : paths, complete: false };
    const path = open[step] ?? [];
    const last = path.at(-1)?.name ?? "";
    if (last === name) paths.push(path);
    else {
      const next = needs.of(last).filter((need) => !path.some((passed) => passed.name === need.name));
      open.push(...next.map((need) => [...path, need]));
    }
  }
  return { paths, complete: true };
}

/** One way to a package that is known to be reached: each package is passed once, so that it is found in any web. */
function shortestPath(name: string, needs: Needs): Need[] {
  const open = needs.wishes.map((wish) => [wish]);
  const passed = new Set(needs.wishes.map((wish) => wish.name));
  for (const path of open) {
    const last = path.at(-1)?.name ?? "";
    if (last === name) return path;
    for (const need of needs.of(last)) {
      if (!passed.has(need.name)) open.push([...path, need]);
      passed.add(need.name);
    }
  }
  return [];
}

/** `skills.json asks for @acme/a@^1 (1.2.0)`, and below it what that builds on. */
export function whyLines({ package: name, version, paths, complete }: Why): Line[] {
  const head: Line = [span(`${name}@${version}`, "name")];
  if (paths.length === 0) return [head, "nothing in skills.json needs it any more: skills prune removes it"];
  return [head, ...paths.flatMap(pathLines), ...(complete ? [] : ["and in more ways"])];
}

function pathLines(path: Step[]): Line[] {
  return path.map(({ name, range, version }, index) => {
    const who = index === 0 ? "skills.json asks for" : `${"  ".repeat(index)}which builds on`;
    return [span(`${who} ${name}@${range}`), span(` (${version ?? "not installed"})`, "faint")];
  });
}

function notInstalled(text: string, { project }: PlaceState): SkillsError {
  if (Object.hasOwn(project.skills, text))
    return new SkillsError("ENOTINSTALLED", `${text} is in skills.json, but not installed`, {
      hint: "Run skills install.",
    });
  return new SkillsError("ENOTINSTALLED", `${text} is not installed here`);
}

import { span, type Line, type Span } from "../terminal/line.ts";
import type { InstalledPackage } from "./installed-packages.ts";
import type { Need, Needs } from "./needs.ts";

export interface TreeSettings {
  /** Levels below skills.json's own wishes. */
  depth: number;
}

/** Levels that are drawn at most: a lock may come with somebody's repository, and lead down without an end. */
const DEPTH_MAX = 100;

/** What is installed, each package below the one that needs it; and at the end what nothing needs. */
export function treeLines(
  packages: readonly InstalledPackage[],
  needs: Needs,
  { depth }: TreeSettings,
): Line[] {
  const tree = {
    needs,
    depth,
    known: new Map(packages.map((one) => [one.name, one])),
    shown: new Set<string>(),
  };
  const strays = packages.filter(({ name }) => !needs.reached.has(name));
  const roots = [...needs.wishes, ...strays.map(({ name, version }) => ({ name, range: version }))];
  return branches(tree, roots, { indent: "", level: 0 });
}

interface Tree extends TreeSettings {
  needs: Needs;
  known: ReadonlyMap<string, InstalledPackage>;
  /** Packages whose branches are drawn already: a second time only their name is, which ends cycles, too. */
  shown: Set<string>;
}

function branches(tree: Tree, needs: Need[], { indent, level }: { indent: string; level: number }): Line[] {
  return needs.flatMap((need, index) => {
    const isLast = index === needs.length - 1;
    const first = !tree.shown.has(need.name);
    tree.shown.add(need.name);
    const line: Line = [
      span(`${indent}${isLast ? "└── " : "├── "}`, "faint"),
      ...described(tree, need, first),
    ];
    if (!first || level >= Math.min(tree.depth, DEPTH_MAX)) return [line];
    const below = { indent: `${indent}${isLast ? "    " : "│   "}`, level: level + 1 };
    return [line, ...branches(tree, tree.needs.of(need.name), below)];
  });
}

function described({ known, needs }: Tree, { name, range }: Need, first: boolean): Span[] {
  const found = known.get(name);
  if (found === undefined)
    return [span(`${name}@${range}`, "name"), span(" not installed: run skills install", "warning")];
  const id = span(`${name}@${found.version}`, "name");
  if (!first) return [id, span(" deduped", "faint")];
  const stray = needs.reached.has(name) ? [] : [span(" nothing needs it: run skills prune", "warning")];
  return [
    id,
    span(` ${found.state}`, found.state === "ok" ? "plain" : "warning"),
    ...namesOf(found),
    span(` (${found.agents.join(", ")})`, "faint"),
    ...originOf(found),
    ...stray,
  ];
}

/** Skills that are not called like their package, and those of a pack. */
function namesOf({ name, skills }: InstalledPackage): Span[] {
  const [only] = skills;
  const own = name.slice(name.indexOf("/") + 1);
  if (skills.length === 1 && only?.skill === own && only.from === own) return [];
  const names = skills.map(({ skill, from }) => (skill === from ? skill : `${from} as ${skill}`));
  return [span(` [${names.join(", ")}]`)];
}

/** Characters of a commit that tell it from others. */
const COMMIT_SHOWN = 10;

function originOf({ importedFrom, forkedFrom }: InstalledPackage): Span[] {
  const { repository, commit } = importedFrom ?? {};
  const at = commit === undefined ? "" : ` at ${commit.slice(0, COMMIT_SHOWN)}`;
  return [
    ...(repository === undefined ? [] : [span(` from ${repository}${at}`, "faint")]),
    ...(forkedFrom === null ? [] : [span(` fork of ${forkedFrom.name}@${forkedFrom.version}`, "faint")]),
  ];
}

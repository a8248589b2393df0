import { SkillsError } from "@skills-registry/schema/basics";
import type { Lock, LockedPackage } from "../project/lockfile.ts";
import { isInRange, isRange } from "./ranges.ts";
import type { Source, Sources } from "./sources.ts";

/** One package of the tree, from the registry or, where that still fits, from the lock. */
export interface Node {
  name: string;
  version: string;
  dependencies: Readonly<Record<string, string>>;
  from: { source: Source } | { locked: LockedPackage };
}

/** Every package that is to be installed, by name: one version of each. */
export type Tree = ReadonlyMap<string, Node>;

export interface Question {
  /** Package → range: what skills.json asks for. */
  wishes: Readonly<Record<string, { range: string }>>;
  lock: Lock;
  /**
   * The lock was put together out of a merge conflict. Git joins what it takes for equal lines, so that an entry can have the
   * version of one package and the integrity of another: then only its version is taken for a hint, and asked for anew.
   */
  merged?: boolean;
  /** Packages to look up anew although the lock has a version that fits. */
  fresh: (name: string) => boolean;
}

/** Who asks for a package, and for which versions. */
interface Demand {
  by: string;
  range: string;
}

/** Times that the tree is gone over. A deeper tree than this, or one that never settles, is no tree of skills. */
const ROUNDS_MAX = 100;
/** Packages of one tree; a project with more is a mistake, or somebody's attack. */
const PACKAGES_MAX = 5_000;

const PROJECT = "skills.json";

/**
 * Chooses one version of every package that is wanted or that a wanted one builds on. What is locked stays while it fits.
 * Versions chosen can bring in new demands, so the tree is gone over until nothing changes. Throws ERESOLVE when the
 * demands on one package cannot all be met.
 */
export async function resolveTree(question: Question, sources: Sources): Promise<Tree> {
  let tree: Tree = new Map();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const demands = demandsIn(tree, question);
    if (demands.size > PACKAGES_MAX) break;
    const nodes = await Promise.all(
      [...demands].map(([name, asked]) => choose(name, asked, { tree, question, sources })),
    );
    const next = new Map(nodes.map((node) => [node.name, node]));
    if (isSame(tree, next)) return next;
    tree = next;
  }
  throw new SkillsError("ERESOLVE", "the skills build on each other in a way that never settles");
}

/** What is asked of each package that can be reached from the wishes. */
function demandsIn(tree: Tree, { wishes }: Question): Map<string, Demand[]> {
  const demands = new Map<string, Demand[]>();
  const visit = (name: string, demand: Demand): void => {
    const asked = demands.get(name);
    if (asked !== undefined) return void asked.push(demand);
    demands.set(name, [demand]);
    const node = tree.get(name);
    for (const [needed, range] of Object.entries(node?.dependencies ?? {}))
      visit(needed, { by: `${name}@${node?.version}`, range });
  };
  for (const [name, { range }] of Object.entries(wishes)) visit(name, { by: PROJECT, range });
  return demands;
}

interface Circumstances {
  tree: Tree;
  question: Question;
  sources: Sources;
}

async function choose(
  name: string,
  demands: Demand[],
  { tree, question, sources }: Circumstances,
): Promise<Node> {
  const chosen = tree.get(name);
  if (chosen !== undefined && demands.every(({ range }) => isInRange(chosen.version, range))) return chosen;
  const locked = question.lock[name];
  const ranges = [...new Set(demands.map(({ range }) => range))];
  if (locked !== undefined && !question.fresh(name) && demands.every((demand) => isMetBy(locked, demand))) {
    if (question.merged !== true)
      return { name, version: locked.version, dependencies: locked.dependencies, from: { locked } };
    const source = await sources.find(name, [...ranges, locked.version], undefined).catch(() => undefined);
    if (source !== undefined) return nodeOf(name, source, undefined);
  }
  try {
    const source = await sources.find(name, ranges, locked);
    return nodeOf(name, source, locked);
  } catch (error) {
    throw unmet(name, demands, error);
  }
}

/** A tag in skills.json means the version that it meant when the lock was written. */
function isMetBy(locked: LockedPackage, { by, range }: Demand): boolean {
  if (by === PROJECT && !isRange(range)) return locked.range === range;
  return isInRange(locked.version, range);
}

function nodeOf(name: string, source: Source, locked: LockedPackage | undefined): Node {
  const { version, dependencies } = source;
  const isLocked = locked?.version === version && locked.integrity === source.integrity;
  return { name, version, dependencies, from: isLocked ? { locked } : { source } };
}

function isSame(tree: Tree, next: Tree): boolean {
  return (
    tree.size === next.size && [...next].every(([name, { version }]) => tree.get(name)?.version === version)
  );
}

/** Says who asked for a package that cannot be had, unless that is what the person typed. */
function unmet(name: string, demands: Demand[], error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const others = demands.filter(({ by }) => by !== PROJECT);
  // ENOVERSIONS: the ranges rule each other out, so that no version was left to choose from.
  const isUnfit = code === "ETARGET" || code === "ENOVERSIONS";
  if (others.length === 0 || (!isUnfit && code !== "E404" && code !== "ENOTFOUND")) return error;
  const asked = demands.map(({ by, range }) => `${by} asks for ${range}`).join(", ");
  const message = isUnfit ? `no version of ${name} fits: ${asked}` : `there is no ${name}, but ${asked}`;
  return new SkillsError("ERESOLVE", message, { cause: error });
}

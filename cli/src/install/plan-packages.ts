import type { Context } from "../context.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { placingOf } from "./entry.ts";
import type { InstallPlan } from "./install.ts";
import { planPackage, type Care, type PackagePlan } from "./package-plan.ts";
import { applyRequest, settleRanges, type Request } from "./request.ts";
import { resolveTree, type Tree } from "./resolve.ts";
import type { Sources } from "./sources.ts";
import { standingEntry, worstState } from "./standing.ts";
import { isConflicted, type PlaceState } from "./state.ts";

interface Where {
  context: Context;
  place: Place;
  sources: Sources;
}

/** From wishes to packages: which versions, where, and what has to be written for it. Changes nothing. */
export async function planPackages(
  where: Where,
  state: PlaceState,
  request: Request,
): Promise<Omit<InstallPlan, "state">> {
  const { context, place, sources } = where;
  const wished = applyRequest(state.project, request);
  const question = {
    wishes: wished.skills,
    lock: state.lock,
    fresh: request.fresh,
    merged: isConflicted(state),
  };
  const tree = await resolveTree(question, sources);
  const moved = movedNames(tree, request);
  if (moved.size > 0) return planPackages(where, state, renamedRequest(request, moved));
  const project = settleRanges(wished, request, tree);
  const placings = await placingOf(tree, place, {
    state: { ...state, project },
    chooseAgents: request.chooseAgents,
  });
  const nodes = [...tree.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const bar = context.progress("fetching", nodes.length);
  const packages = await Promise.all(
    nodes.map(async (node) => {
      const { name } = node;
      const placing = placings.get(name) ?? { agents: [], mode: "link", placed: [] };
      const before = await standingEntry(place, { locked: state.lock[name], placed: state.placed[name] });
      const wanted = { node, placing, wish: project.skills[name], before };
      const plan = await planPackage(place, { ...wanted, care: careFor(name, request) }, sources);
      bar.tick(name);
      return plan;
    }),
  ).finally(() => bar.end());
  const lock = Object.fromEntries(
    packages.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])),
  );
  const named = new Set([...request.wants.keys(), ...request.drop]);
  return { project, lock, packages: [...packages, ...(await goneFrom(place, state, tree))], named };
}

/** Edits of a package that was named, or that a frozen install has to restore, are in the way; those of others are left alone. */
function careFor(name: string, { wants, frozen, check, overwrite }: Request): Care {
  if (wants.has(name) || frozen) return "exact";
  if (check === "named") return "none";
  return overwrite === "edits" ? "exact" : "repair";
}

/** Packages of the lock that nobody wants any more, and such that a pulled lock does not know while their folders are here. */
async function goneFrom(place: Place, { lock, placed }: PlaceState, tree: Tree): Promise<PackagePlan[]> {
  const names = Object.keys({ ...lock, ...placed }).filter((name) => !tree.has(name));
  const plans = names.map(async (name): Promise<PackagePlan[]> => {
    const known = { locked: lock[name], placed: placed[name] };
    const before = await standingEntry(place, known);
    // Somebody removed it elsewhere; what was edited here is theirs who edited it.
    if (before === undefined || (known.locked === undefined && !(await isAsPlaced(place, before)))) return [];
    const nothing = { contents: [], unpacked: undefined, deprecated: undefined };
    return [{ name, action: "removed", before, after: undefined, ...nothing }];
  });
  return (await Promise.all(plans)).flat();
}

async function isAsPlaced(place: Place, entry: LockedPackage): Promise<boolean> {
  return (await worstState(place, entry)) === "ok";
}

/** Packages that were asked for by a name that they do not have any more; what is installed keeps the one it has here. */
function movedNames(tree: Tree, { wants }: Request): Map<string, string> {
  const moved = [...wants.keys()].flatMap((name) => {
    const node = tree.get(name);
    if (node === undefined || !("source" in node.from)) return [];
    const current = node.from.source.name;
    return current === name ? [] : [[name, current] as const];
  });
  return new Map(moved);
}

function renamedRequest(request: Request, moved: Map<string, string>): Request {
  const wants = [...request.wants].map(([name, want]) => [moved.get(name) ?? name, want] as const);
  return { ...request, wants: new Map(wants) };
}

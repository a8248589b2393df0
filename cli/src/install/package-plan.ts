import { isDeepStrictEqual } from "node:util";
import type { LockedPackage } from "../project/lockfile.ts";
import type { Wish } from "../project/project-schema.ts";
import type { Place } from "../project/project.ts";
import { contentsOf, lockedSkills, type PlacedContent } from "./contents.ts";
import type { Unpacked } from "../registry/unpack.ts";
import { isPlacedSo, type Placing } from "./entry.ts";
import type { Node } from "./resolve.ts";
import type { Source, Sources } from "./sources.ts";
import { worstState } from "./standing.ts";

/** What becomes of one package. */
export interface PackagePlan {
  name: string;
  /** `kept`: it has local edits, and nothing about it was to change. */
  action: "added" | "updated" | "repaired" | "removed" | "unchanged" | "kept";
  /** The entry by which it lies on the disk; undefined for a package that does not. */
  before: LockedPackage | undefined;
  /** Its entry in the lock afterwards; undefined for one that goes. */
  after: LockedPackage | undefined;
  /** What is to be written; empty where nothing is. */
  contents: PlacedContent[];
  /** The whole package; undefined where it was not needed. */
  unpacked: Unpacked | undefined;
  /** The message of `npm deprecate`, where the registry was asked. */
  deprecated: string | undefined;
}

interface Wanted {
  node: Node;
  wish: Wish | undefined;
  placing: Placing;
  before: LockedPackage | undefined;
  care: Care;
}

/**
 * What is done about a package that was not to change: nothing, without looking at the disk; what is missing is put back, and
 * edits are kept; or all of it has to be as it was installed.
 */
export type Care = "none" | "repair" | "exact";

/** Fetches the package unless all of it lies where it should. */
export async function planPackage(place: Place, wanted: Wanted, sources: Sources): Promise<PackagePlan> {
  const { node, wish, placing, before, care } = wanted;
  const settled = before !== undefined && isSettled(before, wanted);
  if (settled) {
    const state = care === "none" ? "ok" : await worstState(place, before);
    if (state === "ok") return settledPlan(wanted, "unchanged", before);
    if (state === "modified" && care === "repair") return settledPlan(wanted, "kept", before);
  }
  const source = "source" in node.from ? node.from.source : await sources.locked(node.name, node.from.locked);
  const unpacked = await source.unpack();
  const contents = contentsOf(`${node.name}@${node.version}`, unpacked, wish);
  return {
    name: node.name,
    action: actionOf(before, node, settled),
    before,
    after: { ...entryOf(source, wish), ...placing, skills: lockedSkills(contents) },
    contents,
    unpacked,
    deprecated: source.deprecated,
  };
}

/** The same version, in the same folders, with the same skills under the same names. */
function isSettled(before: LockedPackage, { node, wish, placing }: Wanted): boolean {
  if (!("locked" in node.from) || !isPlacedSo(before, placing)) return false;
  if (before.integrity !== node.from.locked.integrity) return false;
  if (!isDeepStrictEqual(before.only, wish?.skills)) return false;
  const placed = Object.entries(before.skills).map(([name, { from }]) => [from ?? name, name] as const);
  const isNamedSo = placed.every(([from, name]) => name === (wish?.as?.[from] ?? from));
  return isNamedSo && Object.keys(wish?.as ?? {}).every((from) => placed.some(([known]) => known === from));
}

function settledPlan(
  { node, wish }: Wanted,
  action: "unchanged" | "kept",
  before: LockedPackage,
): PackagePlan {
  const { range: _range, ...entry } = before;
  const after = { ...entry, ...(wish === undefined ? {} : { range: wish.range }) };
  return { name: node.name, action, before, after, contents: [], unpacked: undefined, deprecated: undefined };
}

function actionOf(before: LockedPackage | undefined, node: Node, settled: boolean): PackagePlan["action"] {
  if (before === undefined) return "added";
  if (before.version !== node.version) return "updated";
  return settled ? "repaired" : "added";
}

function entryOf(
  { version, resolved, integrity, signature, dependencies }: Source,
  wish: Wish | undefined,
): Omit<LockedPackage, keyof Placing | "skills"> {
  return {
    version,
    ...(wish === undefined ? {} : { range: wish.range }),
    resolved,
    integrity,
    ...(signature === undefined ? {} : { signature }),
    ...(wish?.skills === undefined ? {} : { only: wish.skills }),
    dependencies,
  };
}

import { join } from "node:path";
import type { AgentId } from "../project/agents.ts";
import { refuseOverwrites } from "./clash.ts";
import type { Context } from "../context.ts";
import { exclusively } from "../project/exclusive.ts";
import type { Resolved, Unpacked } from "../registry/fetch-skill.ts";
import { digest } from "../files.ts";
import { stateOf } from "./installed.ts";
import { readLock, type LockedPackage } from "../project/lockfile.ts";
import type { Placement } from "./placement.ts";
import { filesOf, planChanges } from "./plan.ts";
import { displayPath, type Place } from "../project/project.ts";
import { applyTransaction } from "./staging.ts";

export interface PlacedSkill {
  skill: string;
  package: string;
  version: string;
  /** The version that was there before; null for a new skill. */
  previous: string | null;
  path: string;
  agents: AgentId[];
  mode: LockedPackage["mode"];
  action: "added" | "updated" | "unchanged";
}

/** Places every skill of a package, or none of them. */
export async function installPackage(
  context: Context,
  resolved: Resolved,
  placement: Placement,
): Promise<PlacedSkill[]> {
  const { place, lock } = placement;
  const before = lock[resolved.manifest.name];
  const settled = before !== undefined && isSame(before, resolved, placement);
  if (settled && (await isIntact(place, before))) {
    return report(before, resolved, placement).map((skill) => ({ ...skill, action: "unchanged" }));
  }
  const unpacked = await resolved.download();
  return exclusively(place, context.signal, async () => {
    // Read again: while the bytes came, another process may have installed something.
    const current = { ...placement, lock: await readLock(place.lockFile) };
    return placeSkills(context, { resolved, unpacked }, current);
  });
}

async function placeSkills(
  { signal }: Context,
  { resolved, unpacked }: { resolved: Resolved; unpacked: Unpacked },
  placement: Placement,
): Promise<PlacedSkill[]> {
  const { place, lock } = placement;
  const { name, version } = resolved.manifest;
  const before = lock[name];
  const entry = lockEntry(resolved, unpacked, placement);
  await refuseOverwrites(name, entry, placement);
  const changes = await planChanges(place, unpacked, { before, after: entry });
  await applyTransaction({ place, packageName: name, entry, changes, signal });
  const action = before === undefined || before.version === version ? "added" : "updated";
  return report(entry, resolved, placement).map((skill) => ({ ...skill, action }));
}

function isSame(before: LockedPackage, resolved: Resolved, { agents, mode }: Placement): boolean {
  const { version } = resolved.manifest;
  return (
    before.version === version &&
    before.mode === mode &&
    agents.every((agent) => before.agents.includes(agent))
  );
}

/** True when every file is as it was installed, wherever it was placed. */
async function isIntact(place: Place, entry: LockedPackage): Promise<boolean> {
  const states = await Promise.all(Object.keys(entry.skills).map((skill) => stateOf(place, skill, entry)));
  return states.every((state) => state === "ok");
}

function lockEntry(
  { manifest, integrity, registry }: Resolved,
  { skills, entries }: Unpacked,
  placement: Placement,
): LockedPackage {
  const files = (root: string) =>
    filesOf(entries, root).map((file) => [file.path, digest(file.data)] as const);
  return {
    version: manifest.version,
    integrity,
    resolved: withoutRegistry(manifest.dist.tarball, registry),
    mode: placement.mode,
    agents: placement.agents,
    skills: Object.fromEntries(
      skills.map(({ root, manifest }) => [manifest.name, { files: Object.fromEntries(files(root)) }]),
    ),
  };
}

/** The part below the registry's address; from elsewhere the whole address, without what could be a credential. */
function withoutRegistry(tarball: string, registry: string): string {
  if (tarball.startsWith(registry)) return tarball.slice(registry.length).replace(/[?#].*$/, "");
  const { origin, pathname } = new URL(tarball);
  return `${origin}${pathname}`;
}

function report(
  entry: LockedPackage,
  { manifest }: Resolved,
  placement: Placement,
): Omit<PlacedSkill, "action">[] {
  const { place, lock } = placement;
  const { name, version } = manifest;
  const previous = lock[name]?.version ?? null;
  const { agents, mode } = entry;
  return Object.keys(entry.skills).map((skill) => {
    const path = displayPath(place, join(place.canonical, skill));
    return { skill, package: name, version, previous, path, agents, mode };
  });
}

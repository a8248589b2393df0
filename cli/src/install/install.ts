import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { exclusively } from "../project/exclusive.ts";
import { formatLock, type Lock } from "../project/lockfile.ts";
import { formatProject, type Project } from "../project/project-file.ts";
import type { Place } from "../project/project.ts";
import { backUpEdits } from "./backup.ts";
import { refuseDoubles, refuseOverwrites } from "./clash.ts";
import { refuseDrift, refuseUnsettled, withoutRegistry } from "./frozen.ts";
import { planPackages } from "./plan-packages.ts";
import type { PackagePlan } from "./package-plan.ts";
import { planChanges } from "./plan.ts";
import type { Request } from "./request.ts";
import { openSources, type Sources } from "./sources.ts";
import { applyTransaction, recover } from "./staging.ts";
import { isConflicted, isCurrent, readState, type PlaceState } from "./state.ts";

/** What an install will do, before it is done. */
export interface InstallPlan {
  state: PlaceState;
  /** The wishes afterwards. */
  project: Project;
  /** The lock afterwards. */
  lock: Lock;
  /** Every package of before or after, by name. */
  packages: PackagePlan[];
  /** Those that the request was about, by the names they have. */
  named: ReadonlySet<string>;
}

export interface Installed extends InstallPlan {
  /** Where copies of overwritten local edits are kept. */
  backups: string[];
  /** False when `confirm` said no. */
  done: boolean;
}

/** Says whether to go on; a command shows its plan there. */
type Confirm = (plan: InstallPlan, sources: Sources) => Promise<boolean>;

interface Work {
  request: Request;
  confirm?: Confirm;
  /** Where versions come from; the registries of the configuration when absent. */
  sources?: Sources;
}

/** Tries against other processes that change the same files. */
const TRIES = 10;

/**
 * Brings a place to what is wanted of it: resolves, fetches and verifies everything first, and changes folders, skills.json
 * and skills.lock in one step then, or nothing. Nobody else is kept waiting while bytes
 * come: should another process have changed the files in the meantime, the work begins anew with what it left.
 */
export async function install(
  context: Context,
  place: Place,
  { request, confirm = async () => true, sources: all = openSources(context) }: Work,
): Promise<Installed> {
  await recover(place, context.signal);
  const sources = request.frozen ? withoutRegistry(all) : all;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const state = await readState(place);
    if (request.frozen) refuseUnsettled(state);
    const plan = { state, ...(await planPackages({ context, place, sources }, state, request)) };
    if (request.frozen) refuseDrift(plan);
    if (!(await confirm(plan, sources))) return { ...plan, backups: [], done: false };
    const backups = await apply(context, place, { plan, overwrite: request.overwrite });
    if (backups !== undefined) return { ...plan, backups, done: true };
  }
  throw new SkillsError("ESKILLBUSY", "another process goes on changing skills.lock");
}

interface Applied {
  plan: InstallPlan;
  overwrite: Request["overwrite"];
}

/** Resolves to the backups made; undefined when the place has changed since the plan was made. */
async function apply(
  { signal, note }: Context,
  place: Place,
  { plan, overwrite }: Applied,
): Promise<string[] | undefined> {
  const { state, project, packages } = plan;
  refuseDoubles(packages);
  const lock = lockTextOf(plan);
  const text = formatProject(state.source, project);
  const isNothing = packages.every(({ action }) => action === "unchanged" || action === "kept");
  const isWritten = isSameText(text, state, project) && (lock === state.lockText || isEmpty(plan));
  if (isNothing && isWritten) return [];
  return exclusively(place, signal, async () => {
    if (!(await isCurrent(place, state))) return undefined;
    await refuseOverwrites(place, packages, overwrite);
    const { changes, copied } = await planChanges(place, packages);
    const { copies, undo } = await backUpEdits(place, packages, new Date());
    try {
      await applyTransaction({
        place,
        changes,
        lock: () => (copied.size === 0 ? lock : formatLock(withCopies(plan.lock, copied))),
        project: isSameText(text, state, project)
          ? undefined
          : { file: state.source.file, before: state.source.text, after: text },
        signal,
      });
    } catch (error) {
      await undo();
      throw error;
    }
    for (const name of copied) note(`note: links cannot be made here, so the skills of ${name} are copies`);
    return copies;
  });
}

/** Where links cannot be made, the lock says that copies are what belongs there. */
function withCopies(lock: Lock, copied: ReadonlySet<string>): Lock {
  const entries = Object.entries(lock).map(([name, entry]) =>
    copied.has(name) ? [name, { ...entry, mode: "copy" }] : [name, entry],
  );
  return Object.fromEntries(entries);
}

/** As it is on the disk where it says the same: git may have given it other line ends. */
function lockTextOf({ state, lock }: InstallPlan): string {
  const text = formatLock(lock);
  if (state.lockText === undefined || isConflicted(state)) return text;
  return formatLock(state.lock) === text ? state.lockText : text;
}

/** A file is not written for its layout's sake alone, nor made where there is nothing to say. */
function isSameText(text: string, { source, project: before }: PlaceState, project: Project): boolean {
  if (source.text === undefined) return Object.keys(project.skills).length === 0;
  return source.text === text || JSON.stringify(before) === JSON.stringify(project);
}

function isEmpty({ state, lock }: InstallPlan): boolean {
  return state.lockText === undefined && Object.keys(lock).length === 0;
}

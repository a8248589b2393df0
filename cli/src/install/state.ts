import { conflictSides } from "../project/conflict.ts";
import { lockedWish } from "../project/locked-wish.ts";
import { readLockText, parseMergedLock, type Lock } from "../project/lockfile.ts";
import { parseProject, type Project, type ProjectSource } from "../project/project-file.ts";
import { projectSource, type Place } from "../project/project.ts";
import { readPlaced } from "./standing.ts";

/** What the two files of a place said at one moment. */
export interface PlaceState {
  project: Project;
  /** Where the wishes stand, with the text that they were read from. */
  source: ProjectSource;
  lock: Lock;
  /** What this machine has placed, as far as it remembers. */
  placed: Lock;
  /** undefined when there is no lockfile. */
  lockText: string | undefined;
}

/** A lockfile with conflict marks is read as both sides together: what is installed settles it. Throws ESKILLPROJECT, ESKILLLOCK. */
export async function readState(place: Place): Promise<PlaceState> {
  const [source, lockText, placed] = await Promise.all([
    projectSource(place),
    readLockText(place.lockFile),
    readPlaced(place),
  ]);
  const lock = lockText === undefined ? {} : await parseMergedLock(lockText);
  const project = parseProject(source);
  return {
    project: source.text === undefined ? { ...project, skills: wishesIn(lock) } : project,
    source,
    lock,
    placed,
    lockText,
  };
}

/** Where skills.json was lost, the lock still knows what people asked for. Without this the next command would remove it all. */
function wishesIn(lock: Lock): Project["skills"] {
  const asked = Object.entries(lock).filter(([, { range }]) => range !== undefined);
  return Object.fromEntries(asked.map(([name, entry]) => [name, lockedWish(entry)]));
}

/** True where a merge left conflict marks in the lock. */
export function isConflicted({ lockText }: PlaceState): boolean {
  return lockText !== undefined && conflictSides(lockText) !== undefined;
}

/** True while nobody else has written one of the files since. */
export async function isCurrent(place: Place, { source, lockText }: PlaceState): Promise<boolean> {
  const [now, text] = await Promise.all([projectSource(place), readLockText(place.lockFile)]);
  return now.file === source.file && now.text === source.text && text === lockText;
}

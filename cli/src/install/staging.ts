import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pid } from "node:process";
import { isDeepStrictEqual } from "node:util";
import { isSkillName } from "@skills-registry/schema";
import { z } from "zod";
import { exclusively, isAlive } from "../project/exclusive.ts";
import { exists, parseJson, syncFolder, writeAtomically } from "../files.ts";
import { readLock, updateLock, type LockedPackage } from "../project/lockfile.ts";
import { isInside, refuseEscape, skillFolders, type Place } from "../project/project.ts";

/**
 * Several folders change as one. New content is built in `.staging-<pid>-<random>` beside its destination (a rename must
 * stay on one file system), then each destination is swapped in by two renames, then the lock is written: that is the
 * commit. Whatever fails before it is undone in reverse. If the process is killed, the journal lets the next command undo.
 */
export interface Change {
  /** Final path: a skill's folder or link. */
  path: string;
  /** Builds the new content at the path it is given; absent where the change is a removal. */
  build?: (staged: string) => Promise<void>;
}

export interface Transaction {
  place: Place;
  packageName: string;
  /** The lock's entry afterwards; undefined for a removed package. */
  entry: LockedPackage | undefined;
  changes: Change[];
  signal: AbortSignal;
}

const STAGING = /^\.staging-(\d+)-[0-9a-f]+$/;
const JOURNAL = "journal.json";

const journalSchema = z.object({
  packageName: z.string(),
  entry: z.unknown().optional(),
  paths: z.array(z.object({ path: z.string(), removes: z.boolean() })),
});
type Journal = z.infer<typeof journalSchema>;

export async function applyTransaction(transaction: Transaction): Promise<void> {
  const { place, changes } = transaction;
  const id = `.staging-${pid}-${randomBytes(6).toString("hex")}`;
  const folders = [...new Set([place.canonical, ...changes.map((change) => dirname(change.path))])];
  for (const path of [...folders, place.lockFile]) await refuseEscape(place, path);
  const undo: Undo[] = [];
  try {
    for (const folder of folders) await openStaging(folder, id, undo);
    await stageAndSwap(transaction, id, undo);
    await Promise.all(folders.map(syncFolder));
    transaction.signal.throwIfAborted();
    await updateLock(place.lockFile, transaction.packageName, transaction.entry);
  } catch (error) {
    // Should a step fail, staging stays, with what was moved aside and the journal that says where it belongs.
    for (const step of undo.toReversed()) await step();
    throw error;
  }
  // Committed: what cannot be cleared now, the next command clears.
  await clean(folders, id).catch(() => undefined);
  await Promise.all(folders.map(removeIfEmpty));
}

type Undo = () => Promise<void>;

/** Makes the staging folder; undone, it goes again, together with the folders that had to be made for it. */
async function openStaging(folder: string, id: string, undo: Undo[]): Promise<void> {
  const staging = join(folder, id);
  const topmost = await mkdir(staging, { recursive: true });
  undo.push(async () => {
    await rm(staging, { recursive: true, force: true });
    for (let made = staging; made !== topmost && made.startsWith(topmost ?? made); made = dirname(made)) {
      await rmdir(dirname(made)).catch(() => undefined);
    }
  });
}

async function stageAndSwap(
  { place, packageName, entry, changes, signal }: Transaction,
  id: string,
  undo: Undo[],
): Promise<void> {
  for (const change of changes) await change.build?.(stagedPath(change.path, id));
  await writeJournal(join(place.canonical, id), { packageName, entry, paths: changes.map(journalled) });
  for (const change of changes) {
    signal.throwIfAborted();
    await swap(change, id, undo);
  }
}

/** Moves what is there aside and the new content in, and notes how to take both back. */
async function swap(change: Change, id: string, undo: Undo[]): Promise<void> {
  const { path } = change;
  if (await exists(path)) {
    await rename(path, asidePath(path, id));
    undo.push(() => rename(asidePath(path, id), path));
  }
  if (change.build !== undefined) {
    await rename(stagedPath(path, id), path);
    undo.push(() => rm(path, { recursive: true, force: true }));
  }
}

/**
 * Undoes what a killed process left half done. Safe to call at any time; staging of a living process is left alone.
 * A journal could come with a cloned repository, and so could a skills folder that is a link to somewhere else: nothing
 * outside of the place is touched.
 */
export async function recover(place: Place, signal: AbortSignal): Promise<void> {
  const names = await readdir(place.canonical).catch(() => []);
  const left = names.filter((id) => STAGING.test(id) && !isAlive(Number(STAGING.exec(id)?.[1])));
  if (left.length > 0) await exclusively(place, signal, () => rollBackAll(place, left));
}

async function rollBackAll(place: Place, left: string[]): Promise<void> {
  const all = skillFolders(place);
  const inside = await Promise.all(all.map((folder) => isInside(place, folder)));
  const folders = all.filter((_, index) => inside[index]);
  if (!folders.includes(place.canonical)) return;
  for (const id of left) {
    const journal = await readJournal(join(place.canonical, id));
    if (journal !== undefined) await rollBack(place, id, { journal, folders });
    await clean(folders, id);
  }
}

async function isCommitted(place: Place, journal: Journal): Promise<boolean> {
  const lock = await readLock(place.lockFile);
  return isDeepStrictEqual(lock[journal.packageName], journal.entry);
}

async function rollBack(
  place: Place,
  id: string,
  { journal, folders }: { journal: Journal; folders: string[] },
): Promise<void> {
  const committed = await isCommitted(place, journal);
  for (const { path, removes } of journal.paths) {
    // It names skills in skill folders, or it is not obeyed.
    if (!folders.includes(dirname(path)) || !isSkillName(basename(path))) continue;
    if (committed && (removes || (await exists(path)))) continue;
    await restore(path, id, removes);
  }
}

async function restore(path: string, id: string, removes: boolean): Promise<void> {
  if (await exists(asidePath(path, id))) {
    await rm(path, { recursive: true, force: true });
    await rename(asidePath(path, id), path);
  } else if (!removes && !(await exists(stagedPath(path, id)))) {
    await rm(path, { recursive: true, force: true });
  }
}

function stagedPath(path: string, id: string): string {
  return join(dirname(path), id, `new-${basename(path)}`);
}

function asidePath(path: string, id: string): string {
  return join(dirname(path), id, `old-${basename(path)}`);
}

function journalled(change: Change): { path: string; removes: boolean } {
  return { path: change.path, removes: change.build === undefined };
}

async function writeJournal(folder: string, journal: Journal): Promise<void> {
  await writeAtomically(join(folder, JOURNAL), JSON.stringify(journal));
}

/** undefined while the process died before anything was moved, and for a file that we did not write. */
async function readJournal(folder: string): Promise<Journal | undefined> {
  const text = await readFile(join(folder, JOURNAL), "utf8").catch(() => "null");
  return journalSchema.safeParse(parseJson(text)).data;
}

async function clean(folders: string[], id: string): Promise<void> {
  for (const folder of folders) await rm(join(folder, id), { recursive: true, force: true });
}

/** A skills folder whose last skill was removed goes too, and with it an agent's folder that held nothing else. */
async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).then(
    () => rmdir(dirname(folder)).catch(() => undefined),
    () => undefined,
  );
}

import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pid } from "node:process";
import { isSkillName } from "@skills-registry/schema/basics";
import { z } from "zod";
import { exclusively, isAlive } from "../project/exclusive.ts";
import {
  claimName,
  digest,
  exists,
  mapFew,
  parseJson,
  replaceFile,
  settle,
  syncFolder,
  writeAtomically,
} from "../files.ts";
import { readLockText } from "../project/lockfile.ts";
import { isInside, refuseEscape, type Place } from "../project/project.ts";
import { rememberPlaced } from "./standing.ts";
import { writableFiles, writableFolders } from "./writable.ts";

/**
 * Several folders and two files change as one. New content is built in `.staging-<pid>-<random>` beside its destination (a
 * rename must stay on one file system), then each destination is swapped in by two renames, then skills.json is written, then
 * skills.lock: that is the commit. Whatever fails before it is undone in reverse. If the process is killed, the journal lets
 * the next command undo.
 */
export interface Change {
  /** Final path: a skill's folder or link. */
  path: string;
  /** Builds the new content at the path it is given; absent where the change is a removal. */
  build?: (staged: string) => Promise<void>;
}

export interface Transaction {
  place: Place;
  changes: Change[];
  /** Text of skills.lock afterwards; asked for when everything is staged, as that can show what file systems cannot do. */
  lock: () => string;
  /** skills.json or package.json, where it changes; `before` is undefined for a file that is not there yet. */
  project: TextChange | undefined;
  signal: AbortSignal;
}

interface TextChange {
  file: string;
  before: string | undefined;
  after: string;
}

const STAGING = /^\.staging-(\d+)-[0-9a-f]+$/;
const JOURNAL = "journal.json";

const journalSchema = z.object({
  /** Digest of skills.lock when all is done. */
  lock: z.string(),
  project: z.object({ file: z.string(), before: z.string().optional() }).optional(),
  paths: z.array(z.object({ path: z.string(), removes: z.boolean() })),
});
type Journal = z.infer<typeof journalSchema>;

export async function applyTransaction(transaction: Transaction): Promise<void> {
  const { place, changes, project } = transaction;
  const id = `.staging-${pid}-${randomBytes(6).toString("hex")}`;
  const folders = [...new Set([place.canonical, ...changes.map((change) => dirname(change.path))])];
  for (const path of [...folders, place.lockFile, ...(project === undefined ? [] : [project.file])])
    await refuseEscape(place, path);
  const before = await readLockText(place.lockFile);
  const undo: Undo[] = [];
  const kept: string[] = [];
  let committed = "";
  try {
    for (const folder of folders) await openStaging(folder, id, undo);
    await stage(transaction, id);
    const lock = transaction.lock();
    await writeJournal(join(place.canonical, id), journalOf(transaction, lock));
    await swapAll(transaction, id, undo);
    await Promise.all(folders.map(syncFolder));
    transaction.signal.throwIfAborted();
    for (const change of [project, { file: place.lockFile, before, after: lock }])
      if (change !== undefined) kept.push(await rewrite(change, undo));
    committed = lock;
  } catch (error) {
    // Should a step fail, staging stays, with what was moved aside and the journal that says where it belongs.
    for (const step of undo.toReversed()) await step();
    throw error;
  }
  // Committed: what cannot be remembered or cleared now is a hint that is missing, or cleared by the next command.
  await rememberPlaced(place, committed).catch(() => undefined);
  await clean(folders, id).catch(() => undefined);
  await Promise.all(kept.map((copy) => rm(copy, { force: true }).catch(() => undefined)));
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

async function stage({ changes }: Transaction, id: string): Promise<void> {
  await mapFew(changes, async (change) => change.build?.(stagedPath(change.path, id)));
}

async function swapAll({ changes, signal }: Transaction, id: string, undo: Undo[]): Promise<void> {
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

/** Resolves to the path of a copy of the old file. It is put back by a rename, which a full disk does not hinder. */
async function rewrite({ file, before, after }: TextChange, undo: Undo[]): Promise<string> {
  const real = await settle(file);
  const kept = join(dirname(real), claimName());
  undo.push(() => rm(before === undefined ? real : kept, { force: true }));
  if (before !== undefined) await copyFile(real, kept);
  if (before !== undefined) undo.push(() => rename(kept, real));
  await replaceFile(file, after);
  return kept;
}

async function putBack(file: string, before: string | undefined): Promise<void> {
  await (before === undefined ? rm(file, { force: true }) : replaceFile(file, before));
}

/**
 * Undoes what a killed process left half done. Safe to call at any time; staging of a living process is left alone.
 * A journal could come with a cloned repository, and so could a skills folder that is a link to somewhere else: nothing
 * outside of the place is touched.
 */
export async function recover(place: Place, signal: AbortSignal): Promise<void> {
  const left = await leftStaging(place.canonical);
  if (left.length > 0) await exclusively(place, signal, () => rollBackAll(place, left));
}

/** Names of the staging folders in a skills folder whose processes are gone. */
export async function leftStaging(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((id) => STAGING.test(id) && !isAlive(Number(STAGING.exec(id)?.[1])));
}

async function rollBackAll(place: Place, left: string[]): Promise<void> {
  const all = await writableFolders(place);
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
  const text = await readLockText(place.lockFile);
  return text !== undefined && digest(new TextEncoder().encode(text)) === journal.lock;
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
  const { project } = journal;
  if (committed || project === undefined || !writableFiles(place).includes(project.file)) return;
  // A link to somewhere else could have come with the journal.
  if (await isInside(place, project.file)) await putBack(project.file, project.before);
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

function journalOf({ changes, project }: Transaction, lock: string): Journal {
  return {
    lock: digest(new TextEncoder().encode(lock)),
    project: project === undefined ? undefined : { file: project.file, before: project.before },
    paths: changes.map(journalled),
  };
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

/** The canonical folder, which comes first, goes last: it is where the next command looks for what is left. */
async function clean(folders: string[], id: string): Promise<void> {
  for (const folder of folders.toReversed()) await rm(join(folder, id), { recursive: true, force: true });
}

/** A skills folder whose last skill was removed goes too, and with it an agent's folder that held nothing else. */
async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).then(
    () => rmdir(dirname(folder)).catch(() => undefined),
    () => undefined,
  );
}

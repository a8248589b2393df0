import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pid } from "node:process";
import { isSkillName } from "@skills-registry/schema/basics";
import { z } from "zod";
import type { Context } from "../context.ts";
import { exists, parseJson, replaceFile } from "../files.ts";
import { recover } from "../install/staging.ts";
import { isAlive } from "../project/exclusive.ts";
import { agentFolders, displayPath, isInside, type Place } from "../project/project.ts";

/** Folder of what was moved aside, below the root: agents do not read it. */
const BACKUPS = ".agents/backups";

/** Says whose the folders beside it are, while the process of its number is at work. */
const JOURNAL = "moved.json";

/** Bytes of a journal; that of a thousand folders has a tenth. */
const JOURNAL_MAX = 1024 * 1024;

/** A folder of another tool, and where it is kept. */
export interface Move {
  from: string;
  to: string;
}

const journalSchema = z.object({
  process: z.number().int().positive(),
  moved: z.array(z.object({ folder: z.string(), skill: z.string().refine(isSkillName), kept: z.string() })),
});
type Journal = z.infer<typeof journalSchema>;

/** A folder for what one run moves aside. */
export function asideFolder(place: Place, now: Date): string {
  return join(place.root, BACKUPS, now.toISOString().replace(/[:.]/g, "-"));
}

/** Written before the first folder is moved, for `putBackLeft`. */
export async function writeJournal(folder: string, place: Place, moves: readonly Move[]): Promise<void> {
  const moved = moves.map(({ from, to }) => {
    return { folder: displayPath(place, dirname(from)), skill: basename(from), kept: basename(to) };
  });
  const journal: Journal = { process: pid, moved };
  await replaceFile(join(folder, JOURNAL), `${JSON.stringify(journal)}\n`);
}

/** Ends the run of a folder: what is in it stays as a copy, and without any it goes. */
export async function endAside(folder: string): Promise<void> {
  await rm(join(folder, JOURNAL), { force: true });
  await rmdir(folder).catch(() => undefined);
  await rmdir(dirname(folder)).catch(() => undefined);
}

/** Puts back what a killed run has left aside, unless something is in its place by then, and says so. */
export async function putBackLeft(context: Context, place: Place): Promise<void> {
  const backups = join(place.root, BACKUPS);
  const runs = await readdir(backups).catch((): string[] => []);
  for (const run of runs) {
    const folder = join(backups, run);
    const journal = await readJournal(place, folder);
    if (journal === undefined || isAlive(journal.process)) continue;
    // What the run had installed half is taken away first: it is in the way.
    await recover(place, context.signal);
    for (const move of journal.moved) await putBack(context, place, { folder, move });
    await endAside(folder);
  }
}

async function readJournal(place: Place, folder: string): Promise<Journal | undefined> {
  const file = join(folder, JOURNAL);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > JOURNAL_MAX || !(await isInside(place, folder)))
    return undefined;
  return journalSchema.safeParse(parseJson(await readFile(file, "utf8"))).data;
}

/** A journal could come with a cloned repository: only into folders of skills, and only out of its own, is anything moved. */
async function putBack(
  context: Context,
  place: Place,
  { folder, move }: { folder: string; move: Journal["moved"][number] },
): Promise<void> {
  const target = agentFolders(place).find((one) => displayPath(place, one) === move.folder);
  if (target === undefined || move.kept !== basename(move.kept)) return;
  const [from, to] = [join(target, move.skill), join(folder, move.kept)];
  const kept = await lstat(to).catch(() => undefined);
  if (kept?.isDirectory() !== true || (await exists(from)) || !(await isInside(place, from))) return;
  await mkdir(target, { recursive: true });
  await rename(to, from);
  context.note(`put ${displayPath(place, from)} back, which a migration that was cut short had moved aside`);
}

import { lstat, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import { counted } from "../terminal/format.ts";
import { exists } from "../files.ts";
import { targetsOf } from "../install/installed.ts";
import type { InstallPlan } from "../install/install.ts";
import { displayPath, refuseEscape, type Place } from "../project/project.ts";
import { differences } from "./compare.ts";
import { asideFolder, endAside, writeJournal, type Move } from "./moved-aside.ts";

/** Which folders of another tool may make way: those that hold what comes, or all, of which copies are kept. */
export type Overwrite = "same" | "all";

/** Folders of another tool that make way for an install. */
export interface TakenOver {
  /** Moves them aside. Throws ESKILLCLASH, with everything in its place, for one that holds something else than what comes. */
  makeWay(plan: InstallPlan): Promise<void>;
  /** Puts them back. */
  restore(): Promise<void>;
  /** Removes those that were the same as what came; resolves to the paths at which the others are kept. */
  settle(): Promise<string[]>;
}

interface Moved extends Move {
  differs: boolean;
}

export function takeOver(place: Place, overwrite: Overwrite, now: Date): TakenOver {
  const folder = asideFolder(place, now);
  const moved: Moved[] = [];
  return {
    makeWay: async (plan) => {
      const strangers = await findStrangers(place, plan);
      const other = strangers.find(({ differing }) => differing.length > 0);
      if (overwrite === "same" && other !== undefined) throw clash(place, other);
      if (strangers.length === 0) return;
      for (const path of [folder, ...strangers.map((one) => one.path)]) await refuseEscape(place, path);
      const moves = movesOf(strangers, folder, moved.length);
      await writeJournal(folder, place, [...moved, ...moves]);
      for (const move of moves) {
        await rename(move.from, move.to);
        moved.push(move);
      }
    },
    restore: async () => {
      for (const { from, to } of moved.splice(0).toReversed())
        if (!(await exists(from))) await rename(to, from);
      await endAside(folder);
    },
    settle: async () => {
      for (const { to, differs } of moved) if (!differs) await rm(to, { recursive: true, force: true });
      await endAside(folder);
      return moved.filter(({ differs }) => differs).map(({ to }) => to);
    },
  };
}

/** One skill may lie in the folders of several agents, so the names of the copies begin with a number from the second on. */
function movesOf(strangers: readonly Stranger[], folder: string, before: number): Moved[] {
  return strangers.map(({ path, differing }, index) => {
    const number = before + index + 1;
    const to = join(folder, `${number === 1 ? "" : `${number}-`}${basename(path)}`);
    return { from: path, to, differs: differing.length > 0 };
  });
}

interface Stranger {
  path: string;
  package: string;
  differing: string[];
}

/** Folders that are where a new skill goes. Links are left to the install itself, which knows the good ones. */
async function findStrangers(place: Place, { packages }: InstallPlan): Promise<Stranger[]> {
  const strangers: Stranger[] = [];
  for (const { name, before, after, contents } of packages) {
    if (before !== undefined || after === undefined) continue;
    for (const content of contents) {
      for (const { path } of await targetsOf(place, content.name, after)) {
        const stats = await lstat(path).catch(() => undefined);
        if (stats?.isDirectory() !== true) continue;
        strangers.push({
          path,
          package: `${name}@${after.version}`,
          differing: await differences(path, content.files),
        });
      }
    }
  }
  return strangers;
}

function clash(place: Place, { path, package: id, differing }: Stranger): SkillsError {
  const [first] = differing;
  return new SkillsError(
    "ESKILLCLASH",
    `${displayPath(place, path)} is not what ${id} would place there: ${counted(differing.length, "file")} differ, as ${first}`,
    { hint: "Look at the difference first; --force takes the folder over and keeps a copy of it." },
  );
}

import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kill } from "node:process";
import { setTimeout } from "node:timers/promises";
import { SkillsError } from "@skills-registry/schema/basics";
import { claimName } from "../files.ts";
import type { Place } from "./project.ts";

/** Longest wait for another process, in ms. Swapping folders takes it well below a second. */
const PATIENCE = 30_000;
/** Longest pause between two tries, in ms; drawn at random, so that two processes do not keep in step. */
const PAUSE = 60;

const CLAIM = /^\.skills-busy-(\d+)-[0-9a-f]+$/;

/**
 * Runs the work while no other process changes the skills of the place: two that read, change and write skills.lock at the
 * same time would lose an entry. Each lays a claim of its own name down first and looks for others after that, so of two at
 * least one sees the other, and goes back. A claim names its process: what a killed one left is void, and since no two
 * claims share a name, clearing it away can never hit a living one.
 */
export async function exclusively<T>(place: Place, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const claim = join(place.root, claimName());
  const deadline = Date.now() + PATIENCE;
  try {
    for (;;) {
      signal.throwIfAborted();
      await writeFile(claim, "", { flag: "wx" });
      const rival = await findRival(place, claim);
      if (rival === undefined) return await work();
      await rm(claim, { force: true });
      if (Date.now() > deadline) throw busy(rival);
      await setTimeout(1 + Math.random() * PAUSE, undefined, { signal });
    }
  } finally {
    // The work is done or undone by then; a claim that stays is void when this process ends.
    await rm(claim, { force: true }).catch(() => undefined);
  }
}

interface Rival {
  claim: string;
  processId: number;
}

/** The claim of another living process; those of dead ones are cleared away. */
async function findRival({ root }: Place, own: string): Promise<Rival | undefined> {
  for (const name of await readdir(root)) {
    const processId = Number(CLAIM.exec(name)?.[1]);
    const claim = join(root, name);
    if (Number.isNaN(processId) || claim === own) continue;
    if (isAlive(processId)) return { claim, processId };
    await rm(claim, { force: true });
  }
  return undefined;
}

function busy({ claim, processId }: Rival): SkillsError {
  return new SkillsError("ESKILLBUSY", `process ${processId} has been changing skills here for too long`, {
    hint: `Wait for it and try again; if there is no such process of skills, delete ${claim}.`,
  });
}

export function isAlive(processId: number): boolean {
  try {
    return kill(processId, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

import type { Context } from "../context.ts";
import { mapFew } from "../files.ts";
import { readState } from "../install/state.ts";
import { findCandidates, type Candidate, type Surroundings } from "./candidates.ts";
import type { OldState } from "./find-locks.ts";
import type { OldSkill } from "./old-locks.ts";
import type { OldSource } from "./old-source.ts";
import type { Overwrite } from "./take-over.ts";

/** What is proposed for one skill of another tool. */
export interface Proposal {
  name: string;
  state: "installed" | "same" | "different" | "unknown" | "missing";
  /** The likeliest package. */
  candidate: Candidate | null;
  /** Other packages with a skill of this name. */
  others: string[];
  /** Taken with `--yes`: see `isSafe`. */
  recommended: boolean;
  /** What would bring the skill into this registry. */
  bring: string | null;
}

/** For every skill that another tool has installed, what this registry has in its place. */
export async function propose(
  context: Context,
  old: OldState,
  { overwrite, ...around }: Surroundings & { overwrite: Overwrite },
): Promise<Proposal[]> {
  const { project } = await readState(around.place);
  return mapFew(old.skills, async (skill) => {
    const candidates = await findCandidates(context, skill, around);
    const installed = candidates.find(({ package: name }) => Object.hasOwn(project.skills, name));
    const candidate = installed ?? candidates[0] ?? null;
    return {
      name: skill.name,
      state: installed !== undefined ? "installed" : (candidate?.match ?? "missing"),
      candidate,
      others: candidates.filter((other) => other !== candidate).map((other) => other.package),
      recommended: installed === undefined && candidate !== null && isSafe(candidate, overwrite),
      bring: candidate === null ? bringLine(skill, around.namespace) : null,
    };
  });
}

/**
 * Anybody may give a skill the name of another, and state to have imported it from where that is from. Without a question only
 * the very same files are taken, which bring nothing else along, and what is in a namespace that the user named. A folder with
 * other files is somebody's work, until `--force` says that a copy of it is enough.
 */
function isSafe({ named, match, dependencies }: Candidate, overwrite: Overwrite): boolean {
  if (match === "different" && overwrite === "same") return false;
  return named || (match === "same" && dependencies.length === 0);
}

/** The command that brings a whole repository here. */
export function importLine(
  { address, ref }: OldSource,
  namespace: string | undefined,
  name?: string,
): string {
  const select = name === undefined ? [] : ["--select", name];
  const version = ref === undefined ? [] : ["--ref", ref];
  return ["skills", "import", address, ...version, ...select, "--namespace", namespace ?? "@you"]
    .map(shellWord)
    .join(" ");
}

function bringLine({ name, source }: OldSkill, namespace: string | undefined): string {
  if (source !== undefined) return importLine(source, namespace, name);
  return ["skills", "publish", `path/to/${name}`, "--scope", namespace ?? "@you"].map(shellWord).join(" ");
}

/** The words come from files of others: what a shell would obey is quoted, for people copy such lines. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

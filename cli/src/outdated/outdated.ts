import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { describeFailure, failureDocument, type FailureDocument } from "../failure.ts";
import { mapFew } from "../files.ts";
import { satisfying } from "../install/ranges.ts";
import type { PlaceState } from "../install/state.ts";
import { isStatus } from "../registry/answer.ts";
import { fetchVersions, optionsFor, resolveVersion, type Versions } from "../registry/registry.ts";
import { packageMeant } from "../project/lockfile.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { needsIn } from "../tree/needs.ts";

/** One package that is not what it could be. */
export interface OutdatedRow {
  name: string;
  /** The version of the lock; null where skills.json asks for it and it is not installed. */
  current: string | null;
  /** The highest version in the range; null where none is. */
  wanted: string | null;
  /** What the tag `latest` means; null where there is none. */
  latest: string | null;
  /** Who asks for it: skills.json, or packages. */
  dependents: string[];
  /** What the registry says of the version that is here. */
  status: "ok" | "deprecated" | "withdrawn" | "deleted";
  /** Why it is deprecated or withdrawn, in the words of whoever did that. */
  reason: string | null;
  /** The name that the registry knows it by, where that has changed. */
  movedTo: string | null;
}

/** A package that could not be looked up; the others are not hidden by it. */
export interface LookupFailure {
  name: string;
  current: string | null;
  error: FailureDocument;
}

export interface Outdated {
  rows: OutdatedRow[];
  failed: LookupFailure[];
}

/** What is asked for, by whom, and what is here. */
interface Asked {
  name: string;
  ranges: string[];
  dependents: string[];
  current: string | null;
}

/**
 * Compares what is installed with the registry, by packuments alone, and writes nothing. `all` looks at packages, too, that
 * only others ask for. Ctrl-C ends it.
 */
export async function findOutdated(
  context: Context,
  state: PlaceState,
  { names: words, all }: { names: readonly string[]; all: boolean },
): Promise<Outdated> {
  const names = words.map((word) => packageMeant(state.lock, word));
  const asked = askedIn(state, all).filter(({ name }) => names.length === 0 || names.includes(name));
  refuseUnknown(names, asked);
  const bar = context.progress("looking up", asked.length);
  const answers = await mapFew(asked, async (one) => {
    const answer = await lookUp(context, one);
    bar.tick(one.name);
    return answer;
  }).finally(() => bar.end());
  return {
    rows: answers.flatMap((answer) => ("error" in answer || !isOutdated(answer) ? [] : [answer])),
    failed: answers.flatMap((answer) => ("error" in answer ? [answer] : [])),
  };
}

function askedIn({ project, lock }: PlaceState, all: boolean): Asked[] {
  const needs = needsIn({ project, lock });
  const names = all ? [...needs.reached].toSorted() : needs.wishes.map(({ name }) => name);
  const needed = [...needs.reached].flatMap((by) => needs.of(by).map((need) => ({ ...need, by })));
  const byName = Map.groupBy(needed, ({ name }) => name);
  return names.map((name) => {
    const wish = project.skills[name];
    const others = byName.get(name) ?? [];
    const ranges = [...(wish === undefined ? [] : [wish.range]), ...others.map(({ range }) => range)];
    return {
      name,
      ranges: [...new Set(ranges)],
      dependents: [...(wish === undefined ? [] : ["skills.json"]), ...others.map(({ by }) => by)],
      current: lock[name]?.version ?? null,
    };
  });
}

function refuseUnknown(names: readonly string[], asked: Asked[]): void {
  const unknown = names.find((name) => !asked.some((one) => one.name === name));
  if (unknown === undefined) return;
  throw new SkillsError("ENOTINSTALLED", `${unknown} is not in skills.json`, {
    hint: "Run skills list to see what is installed; --all looks at what others build on, too.",
  });
}

async function lookUp(context: Context, asked: Asked): Promise<OutdatedRow | LookupFailure> {
  const { name, current, dependents } = asked;
  try {
    const options = await optionsFor(context, name.split("/")[0]);
    const versions = await fetchVersions(name, options);
    const pick = async (from: Versions, wanted: string): Promise<string | null> =>
      resolveVersion(from, wanted, options).then(
        ({ version }) => version,
        () => null,
      );
    const { matching, wanted } = satisfying(versions, asked.ranges);
    return {
      name,
      current,
      wanted: await pick(matching, wanted),
      latest: await pick(versions, "latest"),
      dependents,
      ...(await statusOf(versions, current, options)),
      movedTo: versions.name === name ? null : versions.name,
    };
  } catch (error) {
    context.signal.throwIfAborted();
    return { name, current, error: failureDocument(describeFailure(error)) };
  }
}

/** A version that is in no packument was deleted, or withdrawn: asked for by itself, the registry says which. */
export async function statusOf(
  versions: Versions,
  version: string | null,
  options: NpmOptions,
): Promise<Pick<OutdatedRow, "status" | "reason">> {
  if (version === null) return { status: "ok", reason: null };
  try {
    const { deprecated } = await resolveVersion(versions, version, options);
    return deprecated === undefined
      ? { status: "ok", reason: null }
      : { status: "deprecated", reason: deprecated };
  } catch (error) {
    if (isStatus(error, 451)) return { status: "withdrawn", reason: describeFailure(error).message };
    if (error instanceof Error && "code" in error && error.code === "ETARGET")
      return { status: "deleted", reason: null };
    throw error;
  }
}

/** npm's rule; and what was taken away or is no longer recommended is worth a look, whatever its number. */
function isOutdated({ current, wanted, latest, status }: OutdatedRow): boolean {
  return current !== wanted || wanted !== latest || status !== "ok";
}

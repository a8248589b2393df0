import { join } from "node:path";
import {
  parsePackageName,
  SkillsError,
  toPackageManifest,
  type Entry,
  type ForkedFrom,
} from "@skills-registry/schema";
import gt from "semver/functions/gt.js";
import prerelease from "semver/functions/prerelease.js";
import rsort from "semver/functions/rsort.js";
import type { Context } from "../context.ts";
import { describeFailure } from "../failure.ts";
import { exists, writeAtomically } from "../files.ts";
import { readFolder } from "../publish/folder.ts";
import { packageJsonOf } from "../publish/pack.ts";
import { parseSkillSpec, resolveSkill } from "../registry/fetch-skill.ts";
import { findPackument, optionsFor } from "../registry/registry.ts";
import type { Unpacked } from "../registry/unpack.ts";
import { usageError } from "../usage-error.ts";
import { renamedFiles, type Fork } from "./fork-files.ts";
import { applyMerges } from "./apply-merges.ts";
import { mergeFiles, type FileMerge } from "./merge-files.ts";
import { mergeManifest } from "./merge-manifest.ts";

/** What taking over the origin's changes did to a fork. */
export interface Synced {
  name: string;
  origin: string;
  /** Version that the fork had taken over before. */
  from: string;
  /** Version it has now; the same as `from` when there was nothing to take over. */
  to: string;
  files: Pick<FileMerge, "path" | "action">[];
  /** Fields of package.json that both sides changed; the fork's stay. */
  fields: string[];
}

/**
 * Takes over what the origin of a fork has changed since the version that the fork knows: three states of every file are
 * compared, and what was changed here is never lost. package.json is written last, so that a sync that was cut short is done
 * again: files that have their new content already are left alone then. `check` writes nothing.
 */
export async function syncFork(context: Context, folder: string, mode: "check" | "write"): Promise<Synced> {
  if (!(await exists(folder))) throw usageError(`there is no folder ${folder}`);
  const ours = await readFolder(folder);
  const { name, origin, packageText } = readFork(folder, ours);
  refuseMarkers(ours, name.full);
  const newest = await newestVersion(context, origin);
  const result = { name: name.full, origin: origin.name, from: origin.version };
  if (newest === undefined || !gt(newest, origin.version))
    return { ...result, to: origin.version, files: [], fields: [] };
  const [before, after] = await Promise.all([
    fetchBase(context, origin),
    fetchVersion(context, { ...origin, version: newest }),
  ]);
  const merges = mergeFiles(
    {
      base: renamedFiles(before.entries, { origin, name }),
      ours,
      theirs: renamedFiles(after.entries, { origin, name }),
    },
    { ours: name.full, theirs: `${origin.name}@${newest}` },
  );
  const manifest = mergeManifest(packageText, {
    base: packageJsonOf(before.entries) ?? {},
    theirs: packageJsonOf(after.entries) ?? {},
    forkedFrom: { ...origin, version: newest },
  });
  if (mode === "write") {
    context.signal.throwIfAborted();
    await applyMerges(folder, merges);
    await writeAtomically(join(folder, "package.json"), manifest.text);
  }
  const files = merges.map(({ path, action }) => ({ path, action }));
  return { ...result, to: newest, files, fields: manifest.conflicts };
}

function readFork(
  folder: string,
  entries: Awaited<ReturnType<typeof readFolder>>,
): Fork & { packageText: string } {
  const file = entries.find(({ path, type }) => path === "package.json" && type === "file");
  const manifest = packageJsonOf(entries);
  const name = manifest === undefined ? undefined : parsePackageName(manifest.name);
  // Only the setting is looked at: a finding elsewhere is none of a sync's business.
  const origin = toPackageManifest({ name: name?.full, version: "1.0.0", skill: manifest?.["skill"] })
    .manifest?.skill?.forkedFrom;
  if (file === undefined || name === undefined || origin === undefined)
    throw usageError(
      `${folder} is no fork: there is no package.json that names its origin under skill.forkedFrom`,
    );
  return { name, origin, packageText: new TextDecoder().decode(file.data) };
}

/** A second conflict around the markers of the first would be nobody's to read. */
function refuseMarkers(entries: readonly Entry[], name: string): void {
  const marker = `<<<<<<< ${name}`;
  const marked = entries.find(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.length).includes(marker),
  );
  if (marked === undefined) return;
  throw new SkillsError("ESKILLDIRTY", `${marked.path} has conflict markers of the last update in it`, {
    hint: "Edit what is between <<<<<<< and >>>>>>>, then try again. Nothing was changed.",
  });
}

/** The highest stable version that is not deprecated, as the registry counts how far a fork is behind. */
async function newestVersion(context: Context, { name }: ForkedFrom): Promise<string | undefined> {
  const packument = await findPackument(name, await optionsFor(context, name.split("/")[0]));
  if (packument === undefined) {
    throw new SkillsError("ENOTFOUND", `there is no skill ${name}, or you may not read it`, {
      hint: "The fork stays as it is; its origin can be taken out of package.json.",
    });
  }
  const stable = Object.values(packument.versions).filter(
    ({ version, deprecated }) => deprecated === undefined && prerelease(version) === null,
  );
  return rsort(stable.map(({ version }) => version))[0];
}

/** Without the version that a fork began with nobody can tell whose a difference is. */
async function fetchBase(context: Context, origin: ForkedFrom): Promise<Unpacked> {
  try {
    return await fetchVersion(context, origin);
  } catch (error) {
    if (describeFailure(error).code !== "ETARGET") throw error;
    throw new SkillsError(
      "ENOTFOUND",
      `${origin.name}@${origin.version}, which the fork has taken over, is gone`,
      {
        hint: `Compare by hand with skills view ${origin.name}, then set skill.forkedFrom.version in package.json.`,
      },
    );
  }
}

async function fetchVersion(context: Context, { name, version }: ForkedFrom): Promise<Unpacked> {
  const resolved = await resolveSkill(context, await parseSkillSpec(`${name}@${version}`));
  return resolved.download();
}

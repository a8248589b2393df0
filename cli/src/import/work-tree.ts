import type { Context } from "../context.ts";
import { git } from "./git.ts";
import { FILES_MAX } from "./tree.ts";

/** Most bytes of a listing: that of as many files as are read, with long paths. */
const LISTING_MAX = FILES_MAX * 512;

/** Bytes of the names of all settings; people have a tenth of a percent of it. */
const CONFIG_MAX = 1024 * 1024;

/**
 * True when a folder of a repository is as it is committed. Git runs the filters of a repository for that, and asks its
 * submodules, which have filters of their own: any folder that came in an archive would run what it likes. So neither happens.
 */
export async function isClean(context: Context, path: string): Promise<boolean> {
  const filters = await filtersOf(context, path);
  // Git takes the first `=` of a setting for the end of its name, so these could not be switched off. No tool is called so.
  if (filters.some((filter) => filter.includes("="))) return false;
  const status = ["status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all", "--", "."];
  const args = [...filters.flatMap(withoutFilter), "-C", path, ...status];
  return (await git(context, { args, limit: Number.MAX_SAFE_INTEGER })).length === 0;
}

function withoutFilter(filter: string): string[] {
  return ["clean=", "process=", "required=false"].flatMap((setting) => ["-c", `${filter}.${setting}`]);
}

/**
 * What of a folder git would keep: files that are tracked, or new and not ignored. People ignore what is theirs alone, like
 * keys and what was built. Repositories in it are named without their files.
 */
export async function keptPaths(context: Context, path: string): Promise<ReadonlySet<string>> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."];
  const listing = await git(context, { args: ["-C", path, ...list], limit: LISTING_MAX });
  const paths = listing.toString("utf8").split("\0");
  return new Set(paths.map((one) => one.replace(/\/$/, "")).filter((one) => one !== ""));
}

/** True where Git LFS keeps files of the folder: the commit has words about them only, and the folder has them, once they were pulled. */
export async function hasLfsFiles(context: Context, path: string): Promise<boolean> {
  const args = ["-C", path, "ls-files", "-z", "--", ":(attr:filter=lfs)"];
  return (await git(context, { args, limit: LISTING_MAX })).length > 0;
}

/** Each filter that any configuration names, as `filter.lfs`. A list of all settings, for it fails only where there is something wrong. */
async function filtersOf(context: Context, path: string): Promise<string[]> {
  const args = ["-C", path, "config", "--list", "--name-only", "-z"];
  const names = (await git(context, { args, limit: CONFIG_MAX })).toString("utf8").split("\0");
  const filters = names.flatMap((name) => /^(filter\..*)\.[^.]*$/s.exec(name)?.[1] ?? []);
  return [...new Set(filters)];
}

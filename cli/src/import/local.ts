import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { usageError } from "../usage-error.ts";
import { parseRemote, publicAddress } from "./address.ts";
import { readArchive, ARCHIVE_LIMITS } from "./archive.ts";
import { commitOf } from "./clone.ts";
import { openFolder } from "./folder-tree.ts";
import { git } from "./git.ts";
import { readCommit } from "./git-tree.ts";
import { memoryTree, type Origin, type SourceTree } from "./tree.ts";
import { hasLfsFiles, isClean, keptPaths } from "./work-tree.ts";

/** Bytes of a short answer of git. */
const SHORT = 64 * 1024;

/**
 * A folder or archive on this machine. A repository is read as it is committed, so that its commit says what was imported;
 * with changes in it, it is read like any folder, and no commit is named.
 */
export async function openLocal(
  context: Context,
  typed: string,
  ref: string | undefined,
): Promise<SourceTree> {
  const path = resolve(context.cwd, typed);
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) throw missing(typed);
  if (stats.isFile()) return openArchiveFile(path, ref);
  const repository = await findRepository(context, path);
  if (repository === undefined) {
    if (ref !== undefined) throw usageError(`${typed} is no git repository: --ref needs one`);
    return openFolder(path, { ...nameOnly(path), path: "" });
  }
  return openRepository(context, path, { ...repository, ref });
}

async function openArchiveFile(path: string, ref: string | undefined): Promise<SourceTree> {
  if (ref !== undefined) throw usageError("an archive has no branches: --ref is for repositories");
  const { size } = await stat(path);
  if (size > ARCHIVE_LIMITS.tarball)
    throw new SkillsError("EIMPORT", `${path} has more than ${ARCHIVE_LIMITS.tarball} bytes`);
  const entries = await readArchive(await readFile(path), path);
  return memoryTree({ ...nameOnly(path), path: "" }, entries);
}

interface Repository {
  gitDir: string;
  /** The folder below the top of the work tree; "" for the top. */
  folder: string;
  isBare: boolean;
}

/** undefined for a folder in no repository, and where there is no git to ask. */
async function findRepository(context: Context, path: string): Promise<Repository | undefined> {
  const args = ["-C", path, "rev-parse", "--is-bare-repository", "--absolute-git-dir", "--show-prefix"];
  const answer = await git(context, { args, limit: SHORT }).catch((error: unknown) => {
    context.signal.throwIfAborted();
    const words = error instanceof Error ? error.message : "";
    if (/belongs to another account/.test(words)) throw error;
    return undefined;
  });
  const [bare, gitDir = "", prefix = ""] = answer?.toString().split("\n") ?? [];
  if (gitDir === "") return undefined;
  return { gitDir, folder: prefix.replace(/\/$/, ""), isBare: bare === "true" };
}

async function openRepository(
  context: Context,
  path: string,
  { gitDir, folder, isBare, ref }: Repository & { ref: string | undefined },
): Promise<SourceTree> {
  const remote = await remoteOf(context, gitDir, path);
  const reason = ref === undefined && !isBare ? await reasonAgainstCommit(context, path) : undefined;
  if (reason !== undefined) {
    context.note(`warning: ${reason}, so no commit is named`);
    return openFolder(path, { ...remote, path: folder }, await keptPaths(context, path));
  }
  const commit = await commitOf(context, gitDir, ref ?? "HEAD").catch((error: unknown) => {
    context.signal.throwIfAborted();
    throw new SkillsError("EIMPORT", `the repository has no ${ref ?? "commit"}`, { cause: error });
  });
  const { files, read } = await readCommit(context, gitDir, { commit, folder });
  const origin = { ...remote, commit, path: folder };
  return { origin, files, read, [Symbol.asyncDispose]: async () => undefined };
}

/** Why a folder is not what its commit says. */
async function reasonAgainstCommit(context: Context, path: string): Promise<string | undefined> {
  if (!(await isClean(context, path))) return "the folder has changes that are not committed";
  return (await hasLfsFiles(context, path)) ? "Git LFS keeps files of the folder elsewhere" : undefined;
}

type Remote = Pick<Origin, "repository" | "isRepository">;

/** Where others find the repository; what lies on this machine alone is known by its name, for its path is nobody's business. */
async function remoteOf(context: Context, gitDir: string, path: string): Promise<Remote> {
  const asked = git(context, { args: ["config", "--get", "remote.origin.url"], gitDir, limit: SHORT });
  const remote = (await asked.catch(() => Buffer.alloc(0))).toString().trim();
  const url = parseRemote(remote);
  const isShared = url !== undefined && /^(https?|ssh):$/.test(url.protocol);
  return isShared ? { repository: publicAddress(remote), isRepository: true } : nameOnly(path);
}

function nameOnly(path: string): Remote {
  return { repository: `file:${basename(path)}`, isRepository: false };
}

function missing(typed: string): SkillsError {
  const looksLikeGithub = /^[\w.-]+\/[\w.-]+$/.test(typed);
  return new SkillsError("EIMPORT", `there is no folder or file ${typed}`, {
    hint: looksLikeGithub
      ? `For the repository on GitHub write github:${typed}.`
      : "An import takes a git address, github:owner/repo, a folder, an archive or the address of a site.",
  });
}

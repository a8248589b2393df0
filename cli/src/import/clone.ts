import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { publicAddress, withoutQuery, type Address } from "./address.ts";
import { git } from "./git.ts";
import { readCommit } from "./git-tree.ts";
import type { SourceTree } from "./tree.ts";

/** Most bytes that are fetched of a repository, packed; and how often that is looked at, in ms. */
const FETCH_MAX = 1024 * 1024 * 1024;
const WATCH = 500;

/** Bytes of a short answer, as that of rev-parse. */
const SHORT = 4_096;

/** Only the format: what a fetch writes here would have git ask the host for each file that was left out. */
const PLAIN_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";

/** One commit of a repository somewhere else, without its history and without files that are too large for any skill. */
export async function fetchRepository(
  context: Context,
  address: Address,
  at: { ref: string | undefined; folder: string },
): Promise<SourceTree> {
  const gitDir = await mkdtemp(join(tmpdir(), "skills-import-"));
  // What git has begun may still write for a moment after Ctrl-C, into a folder that is not empty then.
  const dispose = (): Promise<void> => rm(gitDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    context.note(`fetching ${withoutQuery(address.url)}`);
    await git(context, { args: ["init", "--quiet", "--bare", "--template=", gitDir], limit: SHORT });
    await fetchOnly(context, gitDir, { ...address, ref: at.ref ?? "HEAD" });
    const commit = await commitOf(context, gitDir, "FETCH_HEAD");
    await writeFile(join(gitDir, "config"), PLAIN_CONFIG);
    const { files, read } = await readCommit(context, gitDir, { commit, folder: at.folder });
    const repository = publicAddress(address.url);
    const isRepository = !repository.startsWith("file:");
    const origin = { repository, isRepository, commit, path: at.folder };
    return { origin, files, read, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The commit behind a name; throws EIMPORT where there is none. */
export async function commitOf(context: Context, gitDir: string, ref: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const answer = await git(context, { args, gitDir, limit: SHORT });
  return answer.toString().trim();
}

async function fetchOnly(
  context: Context,
  gitDir: string,
  { url, login, ref }: Address & { ref: string },
): Promise<void> {
  const large = new AbortController();
  const watch = setInterval(() => void stopLarge(gitDir, large), WATCH);
  try {
    await git(context, {
      args: [
        "fetch",
        "--quiet",
        "--depth=1",
        "--no-tags",
        "--no-recurse-submodules",
        `--filter=blob:limit=${DEFAULT_LIMITS.file + 1}`,
        "--",
        url,
        ref,
      ],
      gitDir,
      protocols: [new URL(url).protocol.replace(":", "")],
      limit: SHORT,
      login: login === undefined ? undefined : { for: url, as: login },
      signal: large.signal,
    });
  } finally {
    clearInterval(watch);
  }
}

async function stopLarge(gitDir: string, large: AbortController): Promise<void> {
  const folder = join(gitDir, "objects/pack");
  const names = await readdir(folder).catch((): string[] => []);
  const sizes = await Promise.all(
    names.map(async (name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  if (sizes.reduce((sum, size) => sum + size, 0) <= FETCH_MAX) return;
  large.abort(
    new SkillsError("EIMPORT", `the repository has more than ${FETCH_MAX} bytes, packed`, {
      hint: "Clone the part with the skills yourself, and import the folder.",
    }),
  );
}

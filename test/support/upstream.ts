import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { cleanEnvironment, run } from "./process.ts";

/** A real git repository to import from. */
export interface Upstream {
  folder: string;
  /** Its address for git. */
  url: string;
  /** Writes files, removes those that are null, commits everything, and gives the commit. */
  commit(files: Record<string, string | Uint8Array | null>): Promise<string>;
  git(...args: string[]): Promise<string>;
  /** The same with text for standard input. */
  feed(input: string, ...args: string[]): Promise<string>;
}

/** Settings of the person who runs the tests must not decide anything. */
const ISOLATED = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
const WHO = ["-c", "user.name=Upstream", "-c", "user.email=upstream@example.com"];

export async function makeUpstream(folder: string): Promise<Upstream> {
  const feed: Upstream["feed"] = async (input, ...args) => {
    const env = { ...cleanEnvironment(), ...ISOLATED };
    const { code, stdout, stderr } = await run("git", [...WHO, ...args], { cwd: folder, env, input });
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const git: Upstream["git"] = async (...args) => await feed("", ...args);
  await mkdir(folder, { recursive: true });
  await git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    url: `file://${folder}`,
    git,
    feed,
    commit: async (files) => {
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(folder, name);
        await mkdir(path.dirname(file), { recursive: true });
        await (content === null ? rm(file, { recursive: true }) : writeFile(file, content));
      }
      await git("add", "--all", "--force");
      await git("commit", "--quiet", "--allow-empty", "-m", "Change");
      return await git("rev-parse", "HEAD");
    },
  };
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cleanEnvironment, type Outcome, run } from "./process.ts";
import { refuseLeak } from "./leaks.ts";
import type { TestRegistry } from "./registry.ts";

export interface NpmUser extends AsyncDisposable {
  /** Home folder with the user's .npmrc; also a place for skill folders. */
  home: string;
  /** Runs the real npm as this user. */
  npm(
    args: string[],
    options?: { cwd?: string; input?: string; env?: Record<string, string> },
  ): Promise<Outcome>;
  /** Writes files below the home folder and returns the folder. */
  folder(name: string, files: Record<string, string>): Promise<string>;
  /** A skill folder with package.json and SKILL.md. */
  skill(fullName: string, version: string, extra?: Record<string, string>): Promise<string>;
}

/** A user of the registry with a home of their own; anonymous without `account`. */
export async function npmUser(
  registry: Pick<TestRegistry, "url" | "account">,
  account?: string,
): Promise<NpmUser> {
  const home = await mkdtemp(path.join(os.tmpdir(), "skills-npm-"));
  const token = account === undefined ? undefined : await registry.account(account);
  await writeFile(path.join(home, ".npmrc"), npmrc(registry.url, path.join(home, ".npm"), token));
  const own = { ...cleanEnvironment(), HOME: home };
  const folder: NpmUser["folder"] = async (name, files) => {
    const dir = path.join(home, name);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), text);
    }
    return dir;
  };
  return {
    home,
    folder,
    npm: async (args, { cwd = home, input, env } = {}) => {
      const outcome = await run("npm", args, {
        cwd,
        env: { ...own, ...env },
        ...(input === undefined ? {} : { input }),
      });
      refuseLeak(`${outcome.stdout}${outcome.stderr}`, "the output of npm");
      return outcome;
    },
    skill: async (fullName, version, extra = {}) => {
      const name = fullName.slice(fullName.indexOf("/") + 1);
      return await folder(`${name}-${version}`, {
        "package.json": JSON.stringify({ name: fullName, version, license: "MIT", keywords: ["sample"] }),
        "SKILL.md": `---\nname: ${name}\ndescription: Does ${name.replaceAll("-", " ")} well.\nlicense: MIT\n---\n\n# ${name}\n\nVersion ${version}.\n`,
        ...extra,
      });
    },
    [Symbol.asyncDispose]: async () => await rm(home, { recursive: true, force: true }),
  };
}

function npmrc(url: string, cache: string, token: string | undefined): string {
  const lines = [
    `registry=${url}/`,
    `cache=${cache}`,
    "update-notifier=false",
    "audit=false",
    "fund=false",
    "loglevel=error",
  ];
  if (token !== undefined) lines.push(`${url.replace(/^https?:/, "")}/:_authToken=${token}`);
  return `${lines.join("\n")}\n`;
}

import { mkdir, realpath, writeFile } from "node:fs/promises";
import path from "node:path";
import { cleanEnvironment, run } from "../test/support/process.ts";

/** One command line: the program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

export const SKILLS: CommandLine = [
  process.execPath,
  path.resolve(import.meta.dirname, "../cli/dist/main.js"),
];
export const NODE: CommandLine = [process.execPath, "-e", "0"];
export const NPM: CommandLine = ["npm"];

/** What users would pick instead. They are no dependencies of ours: a run of the bench installs them from the npm registry. */
const PEERS = { pnpm: "12.21.0", skills: "1.7.4", openskills: "1.5.0" };
export type Peer = keyof typeof PEERS;

export interface Peers {
  /** `vercel skills 1.7.4`, to tell it from ours. */
  title(peer: Peer): string;
  /** Throws where the peer could not be installed, with the reason. */
  line(peer: Peer): Promise<CommandLine>;
}

/** Installs each peer by itself, so that one which cannot be had leaves the others. */
export async function installPeers(folder: string): Promise<Peers> {
  const failures = new Map<string, string>();
  for (const [peer, version] of Object.entries(PEERS)) {
    const own = path.join(folder, peer);
    await mkdir(own, { recursive: true });
    await writeFile(path.join(own, "package.json"), '{ "private": true }');
    const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", `${peer}@${version}`];
    const { code, stderr } = await run("npm", args, { cwd: own, env: cleanEnvironment() });
    if (code !== 0) failures.set(peer, `cannot be installed: ${stderr.trim().split("\n")[0]}`);
  }
  return {
    title: (peer) => `${peer === "skills" ? "vercel " : ""}${peer} ${PEERS[peer]}`,
    async line(peer) {
      const failure = failures.get(peer);
      if (failure !== undefined) throw new Error(failure);
      const program = await realpath(path.join(folder, peer, "node_modules/.bin", peer));
      // pnpm's is a native binary; the others are started without the search for a Node.
      return peer === "pnpm" ? [program] : [process.execPath, program];
    },
  };
}

export interface Surroundings {
  cwd: string;
  /** Holds the .npmrc, and the caches of everybody. */
  home: string;
}

/** Runs a command line to its end. Exit codes other than 0 throw: a failure is no fast success. */
export async function execute([program, ...args]: CommandLine, { cwd, home }: Surroundings): Promise<void> {
  const env = { ...withoutPlaces(), ...SETTINGS, HOME: home };
  const { code, stdout, stderr } = await run(program, args, { cwd, env });
  if (code !== 0)
    throw new Error(`${path.basename(program)} ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
}

/** Nobody reports to anybody, and pnpm takes versions that were published just now. */
const SETTINGS = {
  CI: "1",
  DISABLE_TELEMETRY: "1",
  DO_NOT_TRACK: "1",
  pnpm_config_minimum_release_age: "0",
};

/** Caches and stores lie below HOME, and nowhere else. */
function withoutPlaces(): NodeJS.ProcessEnv {
  const own = Object.entries(cleanEnvironment());
  return Object.fromEntries(own.filter(([name]) => !/^(XDG_|PNPM_|NODE_OPTIONS$)/.test(name)));
}

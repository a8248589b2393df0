import { join } from "node:path";
import { usageError } from "../usage-error.ts";
import type { World } from "../world.ts";
import type { Patience } from "./attempts.ts";
import type { NpmOptions } from "./npm.ts";

export interface NpmConfig {
  options: NpmOptions;
  /** Token that .npmrc or the environment holds for a registry. */
  token(registry: string): string | undefined;
  /** Writes the token to the user's .npmrc as `npm login` does; with a scope, also where that scope lives. */
  saveToken(login: { registry: string; token: string; scope: string | undefined }): Promise<void>;
  forgetToken(registry: string): Promise<void>;
  /** Waits for what `later` was given, and takes no more of it. */
  settle(): Promise<void>;
}

/** What stands above .npmrc. */
export interface NpmWish {
  /** For every scope. */
  registry: string | undefined;
  offline: boolean;
  preferOffline: boolean;
  note(text: string): void;
}

/** Waits between attempts in ms, where .npmrc names none: npm's own 10 and 60 seconds look like a hang to a person. */
const PAUSES = { minTimeout: 500, maxTimeout: 3_000 };
/** Longest silence of a registry in ms, where .npmrc names no fetch-timeout: npm's own 5 minutes look like a hang, too. */
const SILENCE = 30_000;
/** What a timer of Node holds, in ms: more of it would go off at once. */
const LONGEST_TIMER = 0x7fff_ffff;

/** Reads .npmrc files and npm_config_ variables by npm's own rules. */
export async function loadNpmConfig(world: World, wish: NpmWish): Promise<NpmConfig> {
  const config = await readConfig(world);
  const background = backgroundWork();
  const { flat } = config;
  for (const name of ["proxy", "httpsProxy"]) refuseNoAddress(name, flat[name]);
  return {
    options: {
      ...withRegistry(flat, wish.registry),
      // npm's fetch keeps nothing by itself: it fails with its cache, and writes the tokens that answers vary by into it.
      cache: undefined,
      cacheFolder: cacheFolderOf(config),
      offline: wish.offline || flat["offline"] === true,
      preferOffline: wish.preferOffline || flat["preferOffline"] === true,
      patience: patienceOf(config),
      userAgent: `skills/${world.version}`,
      signal: world.signal,
      note: wish.note,
      later: background.later,
    },
    token: (uri) => config.getCredentialsByURI(uri).token,
    saveToken: async (login) => {
      config.setCredentialsByURI(login.registry, { token: login.token });
      if (login.scope !== undefined) config.set(`${login.scope}:registry`, login.registry, "user");
      await config.save("user");
    },
    forgetToken: async (uri) => {
      config.clearCredentialsByURI(uri, "user");
      await config.save("user");
    },
    settle: background.settle,
  };
}

/** npm's agent would fail with a TypeError. The value is not shown: it may hold a password. */
function refuseNoAddress(name: string, value: unknown): void {
  if (typeof value !== "string" || value === "" || URL.canParse(value)) return;
  throw usageError(`${name === "proxy" ? name : "https-proxy"} in npm's configuration is no address`);
}

/** A command that failed may still have requests under way: what they bring is not kept any more. */
function backgroundWork(): Pick<NpmOptions, "later"> & Pick<NpmConfig, "settle"> {
  const started: Promise<void>[] = [];
  const state = { open: true };
  return {
    later: (work) => {
      if (state.open) started.push(work());
    },
    settle: async () => {
      state.open = false;
      await Promise.all(started);
    },
  };
}

async function readConfig(world: World): Promise<Config> {
  const [{ default: Config }, { default: configuration }] = await Promise.all([
    import("@npmcli/config"),
    import("@npmcli/config/lib/definitions/index.js"),
  ]);
  const config = new Config({
    ...configuration,
    shorthands: {},
    npmPath: world.packageFolder,
    // A copy: loading writes npm_config_ variables back into it for child processes.
    env: { ...world.env, HOME: world.home },
    argv: [],
    cwd: world.cwd,
    warn: false,
  });
  await config.load();
  return config;
}

type Config = InstanceType<typeof import("@npmcli/config").default>;

/**
 * Not the one that the .npmrc of a project names: it may have come with the repository, full of answers and keys that no
 * registry ever gave.
 */
function cacheFolderOf(config: Config): string {
  const isOfProject = config.find("cache") === "project";
  const levels = BEYOND_PROJECT.map((level) => config.get("cache", level));
  const root = isOfProject ? levels.find((value) => value !== undefined) : config.get("cache");
  return join(String(root), "_cacache");
}

/** Where npm looks for a setting that the project does not have, in its order. */
const BEYOND_PROJECT = ["user", "global", "builtin", "default"] as const;

/** By npm's own settings `fetch-retries`, `fetch-retry-*` and `fetch-timeout`. */
function patienceOf(config: Config): Patience {
  const { retries, factor, minTimeout, maxTimeout } = Object(config.flat["retry"]);
  const timeout = Number(config.flat["timeout"]);
  const silence = timeout > 0 ? Math.min(timeout, LONGEST_TIMER) : LONGEST_TIMER;
  return {
    attempts: 1 + Number(retries),
    factor: Number(factor),
    minPause: config.isDefault("fetch-retry-mintimeout") ? PAUSES.minTimeout : Number(minTimeout),
    maxPause: config.isDefault("fetch-retry-mintimeout") ? PAUSES.maxTimeout : Number(maxTimeout),
    silence: config.isDefault("fetch-timeout") ? SILENCE : silence,
    uploadSilence: silence,
  };
}

/** The options with one registry for every scope. */
function withRegistry(
  flat: Record<string, unknown>,
  registry: string | undefined,
): Record<string, unknown> & { registry: string } {
  if (registry === undefined) return { ...flat, registry: String(flat["registry"]) };
  const unscoped = Object.entries(flat).filter(([key]) => !/^@.*:registry$/i.test(key));
  return { ...Object.fromEntries(unscoped), registry };
}

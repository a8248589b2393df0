import type { NpmOptions } from "./registry/npm.ts";
import type { NpmConfig, NpmWish } from "./registry/npm-config.ts";
import { escapeLine } from "./terminal/escape.ts";
import { SYSTEM_CLOCK, progressLine, type Progress, type ProgressLine } from "./terminal/progress.ts";
import { usageError } from "./usage-error.ts";
import type { World } from "./world.ts";

/** What a command works with; built once per command line. */
export interface Context extends World {
  /** `--registry` or SKILLS_REGISTRY: stands above everything in .npmrc. */
  registry: string | undefined;
  /** True when nobody may be asked: no terminal, or `--json`. */
  quiet: boolean;
  /** True with `--json`. */
  json: boolean;
  /** The user's npm configuration, read on first use. */
  npmConfig(): Promise<NpmConfig>;
  /** The configuration as pacote and npm-registry-fetch take it. */
  npmOptions(): Promise<NpmOptions>;
  /** Address of the registry that answers for a scope (`@acme`), or the default one. */
  registryFor(scope?: string): Promise<string>;
  /** A line for people, on stderr. */
  note(text: string): void;
  /** Shows how far `total` pieces of work are, when they take longer than a second and stderr is a terminal. */
  progress(label: string, total: number): Progress;
  /** Takes what `progress` shows away while somebody is asked; the function that it returns brings it back. */
  pauseProgress(): () => void;
  /** Waits for what goes on behind an outcome that is known already, like writing to the cache. */
  settle(): Promise<void>;
}

export interface ContextFlags {
  registry: string | undefined;
  json: boolean;
  offline?: boolean;
  preferOffline?: boolean;
}

export function createContext(world: World, flags: ContextFlags): Context {
  const named = flags.registry ?? world.env["SKILLS_REGISTRY"];
  // Empty counts as absent, as it does for npm's own variables.
  const registry = named === undefined || named === "" ? undefined : registryUrl(named);
  let loading: Promise<NpmConfig> | undefined;
  const line = lineOf(world, flags);
  const note = (text: string) => line.above(`${escapeLine(text)}\n`);
  const { offline = false, preferOffline = false } = flags;
  const npmConfig = async () =>
    (loading ??= readNpmConfig(world, { registry, offline, preferOffline, note }));
  const npmOptions = async () => (await npmConfig()).options;
  return {
    ...world,
    registry,
    json: flags.json,
    quiet: flags.json || !world.streams.interactive,
    npmConfig,
    npmOptions,
    registryFor: async (scope) => {
      const options = await npmOptions();
      const scoped = scope === undefined ? undefined : options[`${scope}:registry`];
      return registryUrl(typeof scoped === "string" ? scoped : options.registry);
    },
    note,
    progress: line.start,
    pauseProgress: line.pause,
    settle: async () => {
      const config = await loading?.catch(() => undefined);
      await config?.settle();
    },
  };
}

async function readNpmConfig(world: World, wish: NpmWish): Promise<NpmConfig> {
  const { loadNpmConfig } = await import("./registry/npm-config.ts");
  return loadNpmConfig(world, wish);
}

function lineOf({ streams }: World, { json }: ContextFlags): ProgressLine {
  const columns = () => (json ? undefined : streams.errorColumns);
  return progressLine({ stream: streams.stderr, columns, clock: SYSTEM_CLOCK });
}

/** Credentials in an address would be shown, logged and remembered with it. */
function registryUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw usageError("a registry is an http or https address");
  if (url.username !== "" || url.password !== "") {
    throw usageError("a registry address takes no credentials: use skills login, or put a token in .npmrc");
  }
  return url.href;
}

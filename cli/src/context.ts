import type { NpmConfig, NpmOptions } from "./registry/npm.ts";
import { escapeLine } from "./terminal/escape.ts";
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
  /** A line of progress for people, on stderr. */
  note(text: string): void;
}

export interface ContextFlags {
  registry: string | undefined;
  json: boolean;
}

export function createContext(world: World, flags: ContextFlags): Context {
  const named = flags.registry ?? world.env["SKILLS_REGISTRY"];
  // Empty counts as absent, as it does for npm's own variables.
  const registry = named === undefined || named === "" ? undefined : registryUrl(named);
  const npmConfig = once(async () => {
    const { loadNpmConfig } = await import("./registry/npm.ts");
    return loadNpmConfig(world, registry);
  });
  const npmOptions = once(async () => (await npmConfig()).options);
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
    note: (text) => void world.streams.stderr.write(`${escapeLine(text)}\n`),
  };
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

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

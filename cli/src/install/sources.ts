import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { provedByLock, proveVersion, type Asked, type Proved } from "../registry/prove.ts";
import { fetchVersions, optionsFor, resolveVersion, signingKeys } from "../registry/registry.ts";
import type { Unpacked } from "../registry/unpack.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { satisfying } from "./ranges.ts";

/** A version whose origin is proved; its bytes are fetched when they are asked for, once. */
export type Source = Omit<Proved, "download"> & { unpack(): Promise<Unpacked> };

/** Where versions come from in one run: each packument, key list and tarball is asked for once. */
export interface Sources {
  /** The version that npm would choose of those that satisfy every range. */
  find(name: string, ranges: string[], locked: LockedPackage | undefined): Promise<Source>;
  /** Exactly what the lock says. */
  locked(name: string, entry: LockedPackage): Promise<Source>;
}

export function openSources(context: Context): Sources {
  const options = memo(async (name: string) => optionsFor(context, name.split("/")[0]));
  const packument = memo(async (name: string) => fetchVersions(name, await options(name)));
  // All skills of a registry share its keys, whatever they are called.
  const keys = memo(async (_: string, registry: NpmOptions) => signingKeys(registry));
  const asked = async (name: string): Promise<Asked> => {
    const registry = await options(name);
    return { context, name, options: registry, keys: await keys(registry.registry, registry) };
  };
  const sources = new Map<string, Source>();
  const kept = ({ download, ...proved }: Proved): Source => {
    const id = `${proved.name}@${proved.version} ${proved.integrity}`;
    const source = sources.get(id) ?? { ...proved, unpack: once(download) };
    sources.set(id, source);
    return source;
  };
  return {
    async find(name, ranges, locked) {
      const [versions, asking] = await Promise.all([packument(name), asked(name)]);
      const { matching, wanted } = satisfying(versions, ranges);
      const manifest = await resolveVersion(matching, wanted, asking.options);
      return kept(proveVersion(asking, { manifest, versions, locked }));
    },
    async locked(name, entry) {
      const orGone = <T>(work: Promise<T>): Promise<T> =>
        work.catch((error: unknown) => Promise.reject(goneUpstream(name, entry, error)));
      const asking = await asked(name);
      const proved = provedByLock(asking, entry);
      if (proved !== undefined) return kept({ ...proved, download: () => orGone(proved.download()) });
      try {
        const versions = await packument(name);
        const manifest = await resolveVersion(versions, entry.version, asking.options);
        return kept(proveVersion(asking, { manifest, versions, locked: entry }));
      } catch (error) {
        throw goneUpstream(name, entry, error);
      }
    },
  };
}

/** A version that the lock names and the registry has no more. */
export function goneUpstream(name: string, { version }: LockedPackage, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "E404" && code !== "ETARGET") return error;
  return new SkillsError("ENOTFOUND", `${name}@${version} of skills.lock is not in the registry any more`, {
    hint: `Run skills update ${name} for another version (${name}@latest beyond its range), or skills remove ${name}.`,
    cause: error,
  });
}

function memo<A extends [key: string, ...rest: unknown[]], T>(
  work: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (...args) => {
    const known = results.get(args[0]) ?? work(...args);
    results.set(args[0], known);
    return known;
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

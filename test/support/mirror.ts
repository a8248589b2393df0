import { setTimeout as sleep } from "node:timers/promises";
import { followUpstream, type Round } from "../../plugin/src/mirror/follow.ts";
import type { Patience } from "../../plugin/src/mirror/upstream-http.ts";
import type { Settings } from "../../plugin/src/config-file.ts";
import type { UpstreamConfig } from "../../plugin/src/config.ts";
import { type OrgRegistry, startOrgRegistry } from "./org.ts";
import type { Limits } from "../../schema/src/index.ts";
import { jsonOf } from "./json.ts";
import type { TestRegistry } from "./registry.ts";

export interface MirrorRegistry extends OrgRegistry {
  /** One look at the other registry. */
  follow(options?: {
    again?: boolean;
    patience?: Patience;
    upstream?: Partial<UpstreamConfig>;
    limits?: Partial<Limits>;
  }): Promise<Round>;
}

/** A registry that copies namespaces of another one, after its first look at it. */
export async function startMirror(
  upstream: Pick<UpstreamConfig, "url" | "namespaces"> & Partial<UpstreamConfig>,
): Promise<MirrorRegistry> {
  const configured = { token: null, keys: [], redirects: [], everyMinutes: 60, ...upstream };
  let settings: Settings | undefined;
  const registry = await startOrgRegistry({
    settings: (base) => (settings = { ...base, registry: { ...base.registry, upstream: [configured] } }),
  });
  await firstLook(registry);
  const { metadata, blobs, nodes } = registry.stores;
  return {
    ...registry,
    async follow({ upstream: changed = {}, limits = {}, ...options } = {}) {
      if (settings === undefined) throw new Error("the registry has no settings");
      const config = { ...settings.registry, limits: { ...settings.registry.limits, ...limits } };
      const parts = { metadata, blobs, nodes, config, now: () => new Date() };
      const { signal } = new AbortController();
      return await followUpstream({ parts, upstream: { ...configured, ...changed }, signal, ...options });
    },
  };
}

/** The registry begins it by itself. */
async function firstLook({ stores: { metadata } }: OrgRegistry): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const mirrors = await metadata.mirrors();
    if (mirrors.every(({ contactAt, failure }) => contactAt !== null || failure !== null)) return;
    await sleep(10);
  }
  throw new Error("the mirror did not look at its upstream");
}

/** Fingerprints of the keys that a registry shows. */
export async function keysOf(registry: Pick<TestRegistry, "fetch">): Promise<string[]> {
  const { keys }: { keys: { keyid: string }[] } = await jsonOf(registry.fetch("/-/npm/v1/keys"));
  return keys.map(({ keyid }) => keyid);
}

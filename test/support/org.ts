import { openStores, type Stores } from "../../plugin/src/open-stores.ts";
import type { Role } from "../../plugin/src/store/identity.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { startRegistry, type TestRegistry, type TestRegistryOptions } from "./registry.ts";

export interface OrgRegistry extends TestRegistry {
  stores: Stores;
  /** Makes an org with these people, who have accounts already. */
  org(name: string, people: Record<string, Role>): Promise<void>;
}

interface OrgRegistryOptions extends Omit<TestRegistryOptions, "stores"> {
  /** Told of every question that the registry asks its metadata. */
  watch?: (method: string) => void;
}

/** A registry whose stores the test can look into. */
export async function startOrgRegistry({ watch, ...options }: OrgRegistryOptions = {}): Promise<OrgRegistry> {
  const opened: Stores[] = [];
  const registry = await startRegistry({
    ...options,
    stores: async (settings) => {
      const stores = await openStores(settings.registry);
      opened.push(stores);
      return watch === undefined ? stores : { ...stores, metadata: watched(stores.metadata, watch) };
    },
  });
  const [stores] = opened;
  if (stores === undefined) throw new Error("the registry opened no stores");
  return { ...registry, stores, org: async (name, people) => await makeOrg(stores, name, people) };
}

function watched(metadata: Metadata, watch: (method: string) => void): Metadata {
  return new Proxy(metadata, {
    get(target, method, receiver) {
      watch(String(method));
      return Reflect.get(target, method, receiver);
    },
  });
}

async function makeOrg({ metadata }: Stores, name: string, people: Record<string, Role>): Promise<void> {
  await metadata.transaction(async (tx) => {
    const createdAt = new Date().toISOString();
    await tx.insertNamespace({ name, kind: "org", visibility: null, movedTo: null, createdAt }, name);
    for (const [account, role] of Object.entries(people)) {
      const found = await tx.account(account);
      if (found === undefined) throw new Error(`there is no account ${account}`);
      await tx.setRole(name, found.id, role);
    }
  });
}

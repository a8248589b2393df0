import { createHash, randomBytes } from "node:crypto";
import { openStores } from "../../plugin/src/open-stores.ts";
import type { TokenKind } from "../../plugin/src/store/identity.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { startRegistry, type TestRegistry, type TestRegistryOptions } from "./registry.ts";

export interface OpenedRegistry extends TestRegistry {
  /** What the registry works with, for what no request can bring about. */
  metadata: Metadata;
}

/** A registry whose metadata the test can reach; `watch` may put something around it. */
export async function startOpenedRegistry(
  options: Pick<TestRegistryOptions, "settings"> = {},
  watch = (metadata: Metadata): Metadata => metadata,
): Promise<OpenedRegistry> {
  const opened: Metadata[] = [];
  const registry = await startRegistry({
    ...options,
    stores: async (settings) => {
      const stores = await openStores(settings.registry);
      opened.push(stores.metadata);
      return { ...stores, metadata: watch(stores.metadata) };
    },
  });
  const [metadata] = opened;
  if (metadata === undefined) throw new Error("the registry opened no stores");
  return { ...registry, metadata };
}

/** An account without a password that logged in at GitHub at the time; returns the secret of that login. */
export async function addLoginElsewhere(
  { metadata }: OpenedRegistry,
  name: string,
  { kind, at }: { kind: TokenKind; at: Date },
): Promise<string> {
  const secret = `skl_${randomBytes(32).toString("base64url")}`;
  const hash = createHash("sha256").update(secret).digest("hex");
  const createdAt = at.toISOString();
  const account = { name, email: null, passwordHash: null, operator: false, lockedAt: null, createdAt };
  await metadata.transaction(async (tx) => {
    const { id: accountId } = await tx.insertAccount(account, name);
    const identity = { provider: "github", subject: name, accountId, login: name, groups: [], grant: null };
    await tx.putIdentity({ ...identity, groupsAt: createdAt, createdAt });
    const limits = { readonly: false, packages: [], cidr: [], expiresAt: null, lastUsedAt: null };
    const token = { id: hash.slice(0, 32), accountId, kind, hash, hint: secret.slice(0, 8), name: null };
    await tx.insertToken({ ...token, ...limits, createdAt, trustId: null, provenance: null });
  });
  return secret;
}

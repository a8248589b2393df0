import path from "node:path";
import type { Config } from "./config.ts";
import { claimNamespaces } from "./mirror/follow.ts";
import type { Stores } from "./open-stores.ts";
import { groupRoles } from "./registry/identity/group-roles.ts";
import { openProviders } from "./registry/identity/open-providers.ts";
import { openSeal } from "./registry/identity/open-seal.ts";
import type { Parts } from "./registry/parts.ts";
import { passwords } from "./registry/password.ts";
import { openSigner } from "./registry/signer.ts";
import { attemptLimiters } from "./registry/throttle.ts";
import { tokenUse } from "./registry/token-use.ts";
import { idTokens } from "./registry/trust/id-tokens.ts";

/** Makes what is told of work that failed and will be tried again; `route` says what it was, as in "counting of downloads". */
export type Failing = (route: string) => (cause: unknown) => void;

/** Builds the domain's parts over the stores, and makes in them what a first start has to. */
export async function buildParts(
  { config, stores, now }: { config: Config; stores: Stores; now: () => Date },
  { metrics, failing }: { metrics: Parts["metrics"]; failing: Failing },
): Promise<Parts> {
  const signer = await openSigner(stores.metadata, now);
  await claimNamespaces({ ...stores, config, now });
  // Sessions that have ended are of use to nobody; every new token takes those away that ended since.
  await stores.metadata.transaction((tx) => tx.deleteEndedTokens(now().toISOString()), "logins");
  const providers = await openProviders(config.providers);
  const seal = await openSeal(config.secretFile ?? path.join(config.data, "secret.key"), stores.nodes);
  return {
    config,
    ...stores,
    signer,
    attempts: attemptLimiters(stores.nodes),
    passwords: passwords(),
    metrics,
    tokenUse: tokenUse({ ...stores, now }, { failed: failing("use of tokens") }),
    providers,
    seal,
    groupRoles: groupRoles({ ...stores, providers, seal, now, minutes: config.groupsMinutes }),
    idTokens: idTokens(config.trustedPublishing, now),
    now,
  };
}

import type { ProviderConfig } from "../../config.ts";
import type { Group } from "../../store/identity.ts";
import type { Parts } from "../parts.ts";

/** A group that the account is in, and of which provider. */
export interface CurrentGroup extends Group {
  provider: string;
  type: ProviderConfig["type"];
}

/**
 * Groups of the account as its providers told them minutes ago at most, or tell them now: what decides over a namespace must not
 * rest on what was true at some login. Throws EPROVIDER.
 */
export async function currentGroups(
  { metadata, config, groupRoles }: Pick<Parts, "metadata" | "config" | "groupRoles">,
  accountId: number,
): Promise<CurrentGroup[]> {
  await groupRoles.refresh(accountId, "writing");
  const since = groupRoles.countsFrom("writing");
  const identities = await metadata.identities(accountId);
  return identities
    .filter(({ groupsAt }) => groupsAt >= since)
    .flatMap(({ provider, groups }) => {
      const configured = config.providers.find((one) => one.type !== "local" && one.id === provider);
      // Of a provider that the configuration no longer names nothing is believed.
      if (configured === undefined) return [];
      return groups.map((group) => ({ ...group, provider, type: configured.type }));
    });
}

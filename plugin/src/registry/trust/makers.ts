import type { Trust } from "../../store/identity.ts";
import type { MetadataReader } from "../../store/metadata.ts";

/** A locked account keeps no way in: what it trusted publishes no more, until another owner trusts it or the account is unlocked. */
export async function isMadeByUnlocked(
  reader: Pick<MetadataReader, "account">,
  { createdBy }: Trust,
): Promise<boolean> {
  const maker = await reader.account(createdBy);
  return maker === undefined || maker.lockedAt === null;
}

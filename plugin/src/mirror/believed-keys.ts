import type { UpstreamConfig } from "../config.ts";
import type { PublicKey } from "../moving/bring-in.ts";
import type { Parts } from "../registry/parts.ts";
import type { Upstream } from "./upstream-client.ts";
import { UpstreamError } from "./upstream-error.ts";

/**
 * The keys of the other registry that the configuration names; written down, so that clients can verify with them while it is away.
 * A registry that shows none of them is another one: nothing of what it says is believed. Throws UpstreamError.
 */
export async function believedKeys(
  { metadata }: Pick<Parts, "metadata">,
  { url, keys }: UpstreamConfig,
  client: Upstream,
): Promise<PublicKey[]> {
  const shown = await client.keys();
  const believed = shown.filter(({ keyid }) => keys.includes(keyid));
  if (believed.length === 0) throw unknownKeys(shown, keys.length > 0);
  return await metadata.transaction(async (tx) => {
    const before = (await tx.mirrorKeys()).filter((key) => key.url === url);
    const added = believed.filter(({ keyid }) => before.every((key) => key.keyid !== keyid));
    if (added.length > 0) await tx.putMirrorKeys(url, [...before, ...added]);
    return [...before, ...added].filter(({ keyid }) => keys.includes(keyid));
  });
}

/** Fingerprints that fit into a message. */
const LISTED_MAX = 5;

function unknownKeys(shown: PublicKey[], hasKeys: boolean): UpstreamError {
  const listed = shown
    .slice(0, LISTED_MAX)
    .map(({ keyid }) => keyid)
    .join(", ");
  const seen = shown.length === 0 ? "it shows no keys" : `it shows ${listed}`;
  return new UpstreamError(
    hasKeys
      ? `none of the configured keys is one of upstream's: ${seen}`
      : `no keys of upstream are configured: ${seen}; ask its operator whether they are right, and name them under keys`,
    { isAway: true },
  );
}

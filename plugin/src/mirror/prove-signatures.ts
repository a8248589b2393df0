import { setImmediate as othersTurn } from "node:timers/promises";
import { isSigned, type PublicKey } from "../moving/bring-in.ts";
import type { Version, VersionSummary } from "../store/metadata.ts";
import type { Shown, ShownVersion } from "./shown.ts";

/** Of each version that was looked at, the signature that holds. */
export type Proved = ReadonlyMap<ShownVersion, Version["signature"]>;

/** Signatures that are verified before requests get their turn: some 10 ms. */
const AT_ONCE = 50;

/**
 * Verifies the signatures of all versions but those that are here with one of them. Not in one go: another registry may show thousands
 * that do not hold, and this process answers requests meanwhile.
 */
export async function proveSignatures(
  known: VersionSummary[],
  shown: Pick<Shown, "name" | "versions">,
  keys: PublicKey[],
): Promise<Proved> {
  const copies = new Map(known.map((version) => [version.version, version]));
  const proved = new Map<ShownVersion, Version["signature"]>();
  let tried = 0;
  for (const version of shown.versions) {
    if (isHere(version, copies.get(version.version))) continue;
    for (const signature of believable(version, keys)) {
      tried += 1;
      if (tried % AT_ONCE === 0) await othersTurn();
      if (!isSigned(shown.name.full, { ...version, signature }, keys)) continue;
      proved.set(version, signature);
      break;
    }
  }
  return proved;
}

function isHere({ signatures }: ShownVersion, copy: VersionSummary | undefined): boolean {
  if (copy === undefined || copy.unpublishedAt !== null) return false;
  return signatures.some(({ keyid, sig }) => keyid === copy.signature.keyid && sig === copy.signature.sig);
}

/** One of each key: nobody signs the same twice, and each try takes time. */
function believable({ signatures }: ShownVersion, keys: PublicKey[]): Version["signature"][] {
  return keys.flatMap((key) => signatures.find(({ keyid }) => keyid === key.keyid) ?? []);
}

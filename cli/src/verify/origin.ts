import type { Context } from "../context.ts";
import { describeFailure, failureDocument, type FailureDocument } from "../failure.ts";
import { statusOf, type OutdatedRow } from "../outdated/outdated.ts";
import type { PlacedContent } from "../install/contents.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { provedByLock, proveVersion } from "../registry/prove.ts";
import {
  fetchVersions,
  optionsFor,
  resolveVersion,
  signingKeys,
  type SigningKey,
} from "../registry/registry.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { publishedContents, refuseOtherEntry } from "./published.ts";

/** What the registry says of a locked version. */
export interface OriginFinding {
  /** `broken` is what cannot be: other bytes, a signature that does not hold; `unknown`, what could not be asked. */
  status: OutdatedRow["status"] | "broken" | "unknown";
  /** Address of the registry that was asked; null where the configuration names none that could be. */
  registry: string | null;
  /** Whether the registry's signature holds; null where nothing was signed or nothing could be asked. */
  signed: boolean | null;
  reason: string | null;
  error: FailureDocument | null;
}

/** What the registry says, and the files of the package where it gave it out. */
export interface Origin {
  finding: OriginFinding;
  published: PlacedContent[] | undefined;
}

/** Asks each registry for its keys once. */
export function originVerifier(context: Context): (name: string, entry: LockedPackage) => Promise<Origin> {
  const keys = new Map<string, Promise<SigningKey[]>>();
  const keysOf = async (options: NpmOptions): Promise<SigningKey[]> => {
    const known = keys.get(options.registry) ?? signingKeys(options);
    keys.set(options.registry, known);
    return known;
  };
  return async (name, entry) => {
    let registry: string | null = null;
    try {
      // What the registry says now, whatever the .npmrc of a repository would rather have.
      const options = { ...(await optionsFor(context, name.split("/")[0])), preferOffline: false };
      registry = options.registry;
      const asked = { context, name, options, keys: await keysOf(options) };
      // Throws where somebody has changed the entry; it may be too old to prove itself.
      provedByLock(asked, entry);
      const versions = await fetchVersions(name, options);
      const { status, reason } = await statusOf(versions, entry.version, options);
      const signed = asked.keys.length > 0;
      if (status === "withdrawn" || status === "deleted")
        return { finding: { status, registry, signed: null, reason, error: null }, published: undefined };
      const manifest = await resolveVersion(versions, entry.version, options);
      const proved = proveVersion(asked, { manifest, versions, locked: entry });
      const published = publishedContents(name, entry, await proved.download());
      refuseOtherEntry(name, entry, { published, dependencies: proved.dependencies });
      return { finding: { status, registry, signed: signed ? true : null, reason, error: null }, published };
    } catch (error) {
      context.signal.throwIfAborted();
      return { finding: failed(failureDocument(describeFailure(error)), registry), published: undefined };
    }
  };
}

/** Codes of what cannot be if nobody has tampered. */
const BROKEN = new Set([
  "EINTEGRITY",
  "ESIGNATURE",
  "ESKILLDRIFT",
  "ESKILLINVALID",
  "ESKILLMISMATCH",
  "ESKILLTOOLARGE",
  "ENOTSKILL",
]);

function failed(error: FailureDocument, registry: string | null): OriginFinding {
  const isBroken = BROKEN.has(error.code);
  return {
    status: isBroken ? "broken" : error.code === "ENOTFOUND" || error.code === "E404" ? "deleted" : "unknown",
    registry,
    signed: error.code === "ESIGNATURE" ? false : null,
    reason: error.message,
    error,
  };
}

import type { PublicKey } from "../moving/bring-in.ts";
import { isSigned } from "../moving/bring-in.ts";
import type { Quarantine, Version, VersionSummary } from "../store/metadata.ts";
import type { MirroredSkill, MirrorRefusal } from "../store/mirrors.ts";
import type { Shown, ShownVersion } from "./shown.ts";
import type { Revision } from "./upstream-documents.ts";

/** What is to be done about the skills of a namespace. */
export interface NamespacePlan {
  /** New there, or changed. */
  changed: Revision[];
  /** Names that are there no more. */
  gone: string[];
}

/** Holds the list of the other registry against what is copied. */
export function planNamespace(listed: Revision[], known: MirroredSkill[]): NamespacePlan {
  const revs = new Map(known.map(({ name, rev }) => [name, rev]));
  const names = new Set(listed.map(({ name }) => name));
  return {
    changed: listed.filter(({ name, rev }) => revs.get(name) !== rev),
    gone: known.flatMap(({ name }) => (names.has(name) ? [] : [name])),
  };
}

export type Refused = Pick<MirrorRefusal, "version" | "integrity" | "reason">;
export type SignedVersion = ShownVersion & Pick<Version, "signature">;

/** What is to be done about one skill. */
export interface SkillPlan {
  /** To be fetched: unknown ones, and tombstones of the same bytes. Their signature holds. */
  missing: SignedVersion[];
  refused: Refused[];
  /** Signed anew, as after a move. */
  resigned: { version: string; signature: Version["signature"] }[];
  deprecated: { version: string; message: string | null }[];
  /** Unpublished there. */
  buried: string[];
  withdrawn: { version: string; quarantine: Quarantine }[];
  /** Withdrawn there no more. What operators here withdrew stays so. */
  released: string[];
}

interface Trusted {
  /** Address of the other registry. */
  url: string;
  /** Keys that its versions may be signed with. */
  keys: PublicKey[];
  /** Versions that were refused before: their bytes are not fetched again. */
  refusals: Refused[];
}

/** Holds what the other registry shows of a skill against the copy. A known version never gets other bytes. */
export function planSkill(known: VersionSummary[], shown: Shown, trusted: Trusted): SkillPlan {
  const copies = new Map(known.map((version) => [version.version, version]));
  const judged = shown.versions.map((version) =>
    judge(version, copies.get(version.version), { shown, trusted }),
  );
  const there = new Set(shown.versions.map(({ version }) => version));
  const withdrawn = new Map(shown.withdrawn.map((one) => [one.version, one]));
  const hidden = known.filter(({ version, unpublishedAt }) => unpublishedAt === null && !there.has(version));
  const kept = shown.versions.flatMap((version) => sameBytes(version, copies.get(version.version)));
  return {
    missing: judged.flatMap((one) => (one !== undefined && "signature" in one ? [one] : [])),
    refused: judged.flatMap((one) => (one !== undefined && "reason" in one ? [one] : [])),
    resigned: kept.flatMap((pair) => resigned(pair, { shown, trusted })),
    deprecated: kept.flatMap(({ version, copy }) =>
      version.deprecated === copy.deprecated ? [] : [{ version: copy.version, message: version.deprecated }],
    ),
    buried: hidden.flatMap(({ version }) => (withdrawn.has(version) ? [] : [version])),
    withdrawn: hidden.flatMap(({ version, quarantine }) => {
      const found = withdrawn.get(version);
      if (found === undefined || quarantine !== null) return [];
      const reason = `${prefixOf(trusted.url)}${found.reason}`;
      return [{ version, quarantine: { at: found.at, reason, tags: [] } }];
    }),
    released: kept.flatMap(({ copy }) =>
      copy.quarantine?.reason.startsWith(prefixOf(trusted.url)) === true ? [copy.version] : [],
    ),
  };
}

/** Tells what was withdrawn there from what was withdrawn here. */
function prefixOf(url: string): string {
  return `withdrawn at ${url}: `;
}

interface Judging {
  shown: Shown;
  trusted: Trusted;
}

/** To be fetched, or refused; undefined for one that is there already. */
function judge(
  version: ShownVersion,
  copy: VersionSummary | undefined,
  { shown, trusted }: Judging,
): SignedVersion | Refused | undefined {
  const { version: number, integrity } = version;
  const refuse = (reason: string): Refused => ({ version: number, integrity, reason });
  if (copy !== undefined && copy.integrity !== integrity) {
    return refuse("it has other bytes than the copy that was made of it before, which stays as it is");
  }
  if (copy !== undefined && copy.unpublishedAt === null) return undefined;
  if (version.fault !== null) return refuse(version.fault);
  const before = trusted.refusals.find((one) => one.version === number && one.integrity === integrity);
  const signature = signatureOf(version, { shown, trusted });
  if (signature === undefined) return refuse("it is not signed with a key that the configuration believes");
  return before === undefined ? { ...version, signature } : before;
}

/** The first signature that holds. */
function signatureOf(
  { version, integrity, signatures }: ShownVersion,
  { shown, trusted }: Judging,
): Version["signature"] | undefined {
  return signatures.find((signature) =>
    isSigned(shown.name.full, { version, integrity, signature }, trusted.keys),
  );
}

interface Pair {
  version: ShownVersion;
  copy: VersionSummary;
}

function sameBytes(version: ShownVersion, copy: VersionSummary | undefined): Pair[] {
  if (copy === undefined || copy.unpublishedAt !== null || copy.integrity !== version.integrity) return [];
  return version.fault === null ? [{ version, copy }] : [];
}

/** A version that moved is signed under its other name; one that is signed as before is not verified again. */
function resigned({ version, copy }: Pair, judging: Judging): SkillPlan["resigned"] {
  const isSame = version.signatures.some(
    ({ keyid, sig }) => keyid === copy.signature.keyid && sig === copy.signature.sig,
  );
  const signature = isSame ? undefined : signatureOf(version, judging);
  return signature === undefined ? [] : [{ version: copy.version, signature }];
}

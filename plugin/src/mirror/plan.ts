import type { Quarantine, Version, VersionSummary } from "../store/metadata.ts";
import type { MirroredSkill, MirrorRefusal } from "../store/mirrors.ts";
import type { Proved } from "./prove-signatures.ts";
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
  /** Signatures that hold. */
  proved: Proved;
  /** Versions that were refused before: their bytes are not fetched again. */
  refusals: Refused[];
}

/** Holds what the other registry shows of a skill against the copy. A known version never gets other bytes. */
export function planSkill(known: VersionSummary[], shown: Shown, trusted: Trusted): SkillPlan {
  const copies = new Map(known.map((version) => [version.version, version]));
  const before = new Map(trusted.refusals.map((refusal) => [bytesOf(refusal), refusal]));
  const judged = shown.versions.map((version) =>
    judge(version, copies.get(version.version), { proved: trusted.proved, before }),
  );
  const there = new Set(shown.versions.map(({ version }) => version));
  const withdrawn = new Map(shown.withdrawn.map((one) => [one.version, one]));
  const hidden = known.filter(({ version, unpublishedAt }) => unpublishedAt === null && !there.has(version));
  const kept = shown.versions.flatMap((version) => sameBytes(version, copies.get(version.version)));
  return {
    missing: judged.flatMap((one) => (one !== undefined && "signature" in one ? [one] : [])),
    refused: judged.flatMap((one) => (one !== undefined && "reason" in one ? [one] : [])),
    resigned: kept.flatMap((pair) => resigned(pair, trusted.proved)),
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

/** What a refusal is of. */
function bytesOf({ version, integrity }: Pick<Refused, "version" | "integrity">): string {
  return `${version} ${integrity}`;
}

interface Judging {
  proved: Proved;
  /** Refusals by what they are of. */
  before: Map<string, Refused>;
}

/** To be fetched, or refused; undefined for one that is there already. */
function judge(
  version: ShownVersion,
  copy: VersionSummary | undefined,
  { proved, before }: Judging,
): SignedVersion | Refused | undefined {
  const { version: number, integrity } = version;
  const refuse = (reason: string): Refused => ({ version: number, integrity, reason });
  if (copy !== undefined && copy.integrity !== integrity) {
    return refuse("it has other bytes than the copy that was made of it before, which stays as it is");
  }
  if (copy !== undefined && copy.unpublishedAt === null) return undefined;
  if (version.fault !== null) return refuse(version.fault);
  const signature = proved.get(version);
  if (signature === undefined) return refuse("it is not signed with a key that the configuration believes");
  return before.get(bytesOf(version)) ?? { ...version, signature };
}

interface Pair {
  version: ShownVersion;
  copy: VersionSummary;
}

function sameBytes(version: ShownVersion, copy: VersionSummary | undefined): Pair[] {
  if (copy === undefined || copy.unpublishedAt !== null || copy.integrity !== version.integrity) return [];
  return version.fault === null ? [{ version, copy }] : [];
}

/** A version that moved is signed under its other name. */
function resigned({ version, copy }: Pair, proved: Proved): SkillPlan["resigned"] {
  const signature = proved.get(version);
  const isSame = signature?.keyid === copy.signature.keyid && signature.sig === copy.signature.sig;
  return signature === undefined || isSame ? [] : [{ version: copy.version, signature }];
}

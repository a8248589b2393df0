import { isLive, LATEST } from "../registry/versions.ts";
import { digestOfIntegrity } from "../store/digest.ts";
import type { Metadata, Package, VersionSummary } from "../store/metadata.ts";
import type { Digest } from "../store/blobs.ts";
import { isSigned, type PublicKey } from "./bring-in.ts";

/** Something of a registry that is not as it should be. */
export interface Problem {
  kind: "tarball" | "signature" | "tag" | "search" | "audit";
  /** `@acme/legal-documents@1.0.0`, or the skill, or what else it is about. */
  subject: string;
  /** What is wrong, for the end of a sentence about the subject. */
  problem: string;
}

export interface PackageCheck {
  metadata: Metadata;
  keys: PublicKey[];
  /** The version that search shows; undefined when it shows none. */
  indexed: string | undefined;
}

/** What is wrong with a skill apart from its tarballs, and the tarballs that it needs. */
export interface CheckedPackage {
  problems: Problem[];
  /** Versions that people have, or can have again when an operator releases them. */
  needed: { subject: string; digest: Digest; size: number }[];
}

/** Holds a skill against itself; asked again when it was changed meanwhile. */
export async function checkPackage(found: Package, check: PackageCheck): Promise<CheckedPackage> {
  const { metadata } = check;
  const versions = await metadata.versions(found.id);
  const tags = await metadata.distTags(found.id);
  const current = await metadata.package(found.name);
  if (current !== undefined && current.rev !== found.rev) {
    const [document] = await metadata.searchDocuments(current.id - 1, 1);
    const indexed = document?.packageId === current.id ? document.version : undefined;
    return await checkPackage(current, { ...check, indexed });
  }
  const live = new Set(versions.filter(isLive).map(({ version }) => version));
  const latest = tags.find(({ tag }) => tag === LATEST)?.version;
  const tagProblems = tags
    .filter(({ version }) => !live.has(version))
    .map(({ tag, version }) => `its tag "${tag}" leads to ${version}, which nobody can have`);
  if (live.size > 0 && latest === undefined) tagProblems.push(`it has no tag "${LATEST}"`);
  const { name } = found;
  return {
    problems: [
      ...versions.flatMap((version) => signatureProblem(name, version, check.keys)),
      ...tagProblems.map((problem): Problem => ({ kind: "tag", subject: name, problem })),
      ...searchProblem(name, { latest, indexed: check.indexed }),
    ],
    needed: versions
      .filter(({ unpublishedAt }) => unpublishedAt === null)
      .map(({ version, integrity, size }) => ({
        subject: `${name}@${version}`,
        digest: digestOfIntegrity(integrity),
        size,
      })),
  };
}

function signatureProblem(name: string, version: VersionSummary, keys: PublicKey[]): Problem[] {
  if (isSigned(name, version, keys)) return [];
  const subject = `${name}@${version.version}`;
  return [{ kind: "signature", subject, problem: "its signature does not hold" }];
}

function searchProblem(
  subject: string,
  { latest, indexed }: { latest: string | undefined; indexed: string | undefined },
): Problem[] {
  if (latest === indexed) return [];
  const problem =
    indexed === undefined
      ? "search does not find it"
      : `search shows ${indexed} and not ${latest ?? "nothing"}`;
  return [{ kind: "search", subject, problem }];
}

import { createHash } from "node:crypto";
import {
  type Entry,
  type Inspection,
  inspectTarball,
  isError,
  type Issue,
  type Limits,
  manifestDifferences,
  type PackageManifest,
  type PackageName,
  SkillsError,
  toPackageManifest,
} from "@skills-registry/schema";
import { digestOf, integrityOf } from "../store/digest.ts";
import type { Visibility } from "../store/identity.ts";

/** One publish as it arrived, already of the right shape but with nothing proved. */
export interface Publication {
  name: PackageName;
  version: string;
  tag: string;
  /** Who is to see a new skill; null leaves it to the namespace. */
  access: Visibility | null;
  /** `versions[version]` of the body, as the client sent it. */
  claimed: Record<string, unknown>;
  /** `dist` of the body; what is given must match the bytes. */
  claimedDist: { integrity?: string | undefined; shasum?: string | undefined };
  tarball: Buffer;
}

/** A publication whose bytes were read, judged and found to be what the body says. */
export interface Candidate extends Publication, InspectedPackage {}

/** The bytes of a package, read and judged. */
export interface InspectedPackage {
  tarball: Buffer;
  inspection: Inspection;
  manifest: PackageManifest;
  integrity: string;
  shasum: string;
  unpackedSize: number;
  fileCount: number;
  /** One of its skills brings files in `scripts/`. */
  hasScripts: boolean;
}

/**
 * Reads and judges the bytes of a publication, and holds what its body claims against them.
 * Throws ESKILLTOOLARGE, ESKILLMISMATCH, or ESKILLINVALID with every issue at once.
 */
export async function inspectPublication(publication: Publication, limits: Limits): Promise<Candidate> {
  const inspected = await inspectPackage(publication, limits);
  requireSameManifest(publication, inspected.manifest);
  return { ...publication, ...inspected };
}

/** Reads and judges the bytes alone, whoever sent them. Throws ESKILLTOOLARGE, ESKILLMISMATCH, or ESKILLINVALID with every issue at once. */
export async function inspectPackage(
  { tarball, claimedDist }: Pick<Publication, "tarball" | "claimedDist">,
  limits: Limits,
): Promise<InspectedPackage> {
  if (tarball.length > limits.tarball) {
    throw new SkillsError(
      "ESKILLTOOLARGE",
      `the tarball has ${tarball.length} bytes, this registry takes ${limits.tarball}`,
    );
  }
  const integrity = integrityOf(digestOf(tarball));
  const shasum = createHash("sha1").update(tarball).digest("hex");
  requireEqual("dist.integrity", claimedDist.integrity, integrity);
  requireEqual("dist.shasum", claimedDist.shasum, shasum);
  const inspection = await inspectTarball(tarball, limits);
  refuseErrors(inspection.issues);
  const manifest = inspection.packageManifest;
  if (manifest === undefined) throw new SkillsError("ESKILLMISMATCH", "the tarball has no package.json");
  return {
    tarball,
    inspection,
    manifest,
    integrity,
    shasum,
    unpackedSize: inspection.entries.reduce((sum, entry) => sum + entry.data.length, 0),
    fileCount: inspection.entries.filter((entry) => entry.type === "file").length,
    hasScripts: inspection.skills.some(({ root }) =>
      hasFilesIn(inspection.entries, joined(root, "scripts/")),
    ),
  };
}

function hasFilesIn(entries: Entry[], folder: string): boolean {
  return entries.some((entry) => entry.type === "file" && entry.path.startsWith(folder));
}

function joined(root: string, path: string): string {
  return root === "" ? path : `${root}/${path}`;
}

function requireEqual(field: string, claimed: string | undefined, actual: string): void {
  if (claimed === undefined || claimed === actual) return;
  throw new SkillsError("ESKILLMISMATCH", `${field} is not that of the tarball, which has ${actual}`);
}

/** Throws ESKILLINVALID with all findings when one of them is an error. */
export function refuseErrors(issues: Issue[]): void {
  const errors = issues.filter(isError);
  if (errors.length === 0) return;
  const count = errors.length === 1 ? "1 rule" : `${errors.length} rules`;
  throw new SkillsError("ESKILLINVALID", `the skill breaks ${count} of this registry`, { issues });
}

/**
 * Manifest confusion: a body that says other than the tarball would show readers one package and install another.
 * The stored manifest is built from the tarball alone; the body has to agree with it all the same.
 */
function requireSameManifest(publication: Publication, manifest: PackageManifest): void {
  requireName("name", manifest.name, publication.name.full);
  requireName("version", manifest.version, publication.version);
  const claimed = toPackageManifest(publication.claimed);
  refuseErrors(claimed.issues);
  const differences = claimed.manifest === undefined ? [] : manifestDifferences(manifest, claimed.manifest);
  if (differences.length === 0) return;
  const fields = differences.map((field) => `"${field}"`).join(", ");
  throw new SkillsError("ESKILLMISMATCH", `the body differs from the tarball's package.json in ${fields}`);
}

function requireName(field: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new SkillsError(
    "ESKILLMISMATCH",
    `the tarball's package.json says ${field} "${found}", the request says "${expected}"`,
  );
}

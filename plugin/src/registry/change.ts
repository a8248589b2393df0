import { isDeepStrictEqual } from "node:util";
import { type PackageName, printable, SkillsError } from "@skills-registry/schema";
import type { MetadataWriter, Package, VersionSummary } from "../store/metadata.ts";
import { audit, type AuditEvent } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { requireCurrent, requirePackage, settle } from "./package-state.ts";
import { type Owned, versionDocument } from "./packument.ts";
import type { Parts } from "./parts.ts";
import { bury } from "./unpublish.ts";
import { findVersion, isLive } from "./versions.ts";

/**
 * A packument that a client read, changed and sent back: that is how npm deprecates, undeprecates and unpublishes one version.
 * It is taken as the operations it stands for, never as the new state: a packument read before another publish
 * would delete that publish.
 */
export interface Change {
  name: PackageName;
  rev: string | undefined;
  /** Every version the client left in. */
  versions: Record<string, Record<string, unknown>>;
  /** True for `PUT /:package/-rev/:rev`: versions left out are to be unpublished. */
  mayUnpublish: boolean;
}

/** Returns the new rev. Throws ENOTFOUND, ESTALE, or ESKILLMISMATCH when anything but deprecation was changed. */
export async function changePackage(parts: Parts, caller: Caller, change: Change): Promise<number> {
  return await parts.metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, change.name.full);
    requireCurrent(found, change.rev);
    const live = (await tx.versions(found.id)).filter(isLive);
    refuseUnknown(change, live);
    const at = parts.now().toISOString();
    const context = { tx, found, at, owners: await tx.packageOwners(found.id) };
    const events: (AuditEvent | undefined)[] = [];
    for (const version of live) {
      const wanted = change.versions[version.version];
      if (wanted === undefined) {
        refuseSilentRemoval(change, version);
        events.push(await bury(context, version.version));
      } else {
        events.push(await deprecate(context, version, wanted));
      }
    }
    const rev = await settle(tx, found, at);
    for (const event of events) if (event !== undefined) await audit(tx, caller, event);
    return rev;
  }, `package ${change.name.full}`);
}

function refuseUnknown(change: Change, live: VersionSummary[]): void {
  for (const version of Object.keys(change.versions)) {
    if (findVersion(live, version) === undefined) {
      throw new SkillsError("ESKILLMISMATCH", `${change.name.full} has no version ${version.slice(0, 60)}`, {
        hint: "New versions are published with a tarball: npm publish or skills publish.",
      });
    }
  }
}

function refuseSilentRemoval(change: Change, version: VersionSummary): void {
  if (change.mayUnpublish) return;
  throw new SkillsError("ESKILLMISMATCH", `the body leaves out ${change.name.full}@${version.version}`, {
    hint: "To remove a version use npm unpublish.",
  });
}

/** Returns what is to be recorded; undefined when the message is the one there is. */
async function deprecate(
  context: { tx: MetadataWriter; found: Package; at: string; owners: string[] },
  version: VersionSummary,
  wanted: Record<string, unknown>,
): Promise<AuditEvent | undefined> {
  const { tx, found, at, owners } = context;
  refuseRewrite({ package: found, owners }, version, wanted);
  const message = messageOf(wanted["deprecated"]);
  if (message === version.deprecated) return undefined;
  await tx.setDeprecated(found.id, version.version, message);
  return {
    at,
    action: message === null ? "undeprecate" : "deprecate",
    subject: `${found.name}@${version.version}`,
    detail: { message },
  };
}

/** npm sends "" to undeprecate. */
function messageOf(deprecated: unknown): string | null {
  if (deprecated === undefined || deprecated === null || deprecated === "") return null;
  if (typeof deprecated === "string" && isShowable(deprecated)) return deprecated;
  throw new SkillsError(
    "EBADBODY",
    `"deprecated" is one line of at most ${DEPRECATION_MAX} visible characters`,
  );
}

/** Characters; the message is shown at every install. */
const DEPRECATION_MAX = 1024;

/** Every installer has the message in their terminal: nothing in it may drive one, or hide from its reader. */
function isShowable(text: string): boolean {
  return text.length <= DEPRECATION_MAX && printable(text) === text;
}

/** A published version never changes: apart from `deprecated`, what comes back must be what was read. */
function refuseRewrite(owned: Owned, version: VersionSummary, wanted: Record<string, unknown>): void {
  if (isDeepStrictEqual(comparable(wanted), comparable(versionDocument(owned, version, "")))) return;
  throw new SkillsError(
    "ESKILLMISMATCH",
    `a published version never changes, but ${version.version} was changed`,
    {
      hint: "Publish a new version instead.",
    },
  );
}

/** Through JSON, as the client got it; the tarball's address depends on the host that was asked. */
function comparable(document: Record<string, unknown>): unknown {
  const { deprecated: _deprecated, dist, ...rest } = document;
  const { tarball: _tarball, ...bytes } =
    typeof dist === "object" && dist !== null ? { tarball: "", ...dist } : { tarball: "" };
  return JSON.parse(JSON.stringify({ ...rest, dist: bytes }));
}

import {
  type Entry,
  generatePackageJson,
  inspectSkill,
  inspectTarball,
  type Issue,
  packageJsonText,
  type PackageName,
  parsePackageJson,
  type PublishAnswer,
  readTarball,
  SkillsError,
} from "@skills-registry/schema";
import { z } from "zod";
import { refuseErrors } from "./candidate.ts";
import type { Caller } from "./caller.ts";
import type { Library } from "./files.ts";
import { packTarball } from "./package-tarball.ts";
import type { Visibility } from "../store/identity.ts";
import { publish } from "./publish.ts";
import { freeVersion, sameAsPublished } from "./upload-version.ts";
import { isGzip, readUploadedFolder } from "./uploaded-folder.ts";
import { refuseOtherAccess } from "./visibility.ts";

const PACKAGE_JSON = "package.json";
/** Version numbers tried in a row; more of them taken by faster uploads than this is no accident. */
const MOST_ATTEMPTS = 10;

/** An archive that somebody sends who has no npm. */
export interface Upload {
  name: PackageName;
  /** Undefined leaves it to package.json, or to the registry's history. */
  version: string | undefined;
  tag: string;
  /** Who is to see a new skill; null leaves it to the namespace. */
  access: Visibility | null;
  bytes: Buffer;
}

/**
 * Publishes an archive. A .tgz as npm packs it is published as it is; everything else is packed anew from the files in it,
 * with a package.json made from SKILL.md where it has none. Content that is published already is `unchanged`.
 * Throws what `publish` throws, and EBADBODY for what is no archive.
 */
export async function upload(library: Library, caller: Caller, wish: Upload): Promise<PublishAnswer> {
  const { metadata, config } = library.parts;
  const { limits } = config;
  refuseOtherAccess(await metadata.package(wish.name.full), wish.access);
  const whole = await packageJsonInside(library, wish);
  if (whole !== undefined)
    return await publishBytes(library, caller, { wish, tarball: wish.bytes, packageJson: whole });
  const files = await readUploadedFolder(wish.bytes, limits);
  const own = files.find(isPackageJson);
  const draft: Draft = { library, caller, wish, files };
  if (own === undefined) return await publishGenerated(draft);
  const { issues } = refuseIssues(inspectSkill(files, { limits }));
  return await publishFiles(draft, { files, packageJson: own, issues });
}

/** What is known of an upload that has to be packed. */
interface Draft {
  library: Library;
  caller: Caller;
  wish: Upload;
  /** As they were sent. */
  files: Entry[];
}

/** package.json of a tarball that is in npm's own form; undefined for every other archive. */
async function packageJsonInside({ parts }: Library, { bytes }: Upload): Promise<Entry | undefined> {
  if (!isGzip(bytes)) return undefined;
  const { entries, issues } = await readTarball(bytes, parts.config.limits);
  // One at the top of the archive has the same path as the one below `package/`, and an issue that says so.
  const isOutside = issues.some(({ code, path }) => code === "archive.root" && path === PACKAGE_JSON);
  return isOutside ? undefined : entries.find(isPackageJson);
}

function isPackageJson({ path, type }: Entry): boolean {
  return path === PACKAGE_JSON && type === "file";
}

async function publishBytes(
  { parts }: Library,
  caller: Caller,
  ready: { wish: Upload; tarball: Buffer; packageJson: Entry },
): Promise<PublishAnswer> {
  const { wish, tarball, packageJson } = ready;
  const { manifest } = parsePackageJson(packageJson.data);
  if (manifest === undefined) {
    // The whole report, not only what is wrong with package.json.
    refuseErrors((await inspectTarball(tarball, parts.config.limits)).issues);
    throw new SkillsError("ESKILLINVALID", "package.json has no name and version that can be used");
  }
  const claimed = record.parse(JSON.parse(new TextDecoder().decode(packageJson.data)));
  if (claimed["private"] === true) {
    throw new SkillsError("ESKILLINVALID", 'package.json says "private": true', {
      hint: "Remove the field to publish the skill.",
    });
  }
  const { version } = manifest;
  requireVersion(wish, version);
  return await publish(parts, caller, {
    name: wish.name,
    version,
    tag: wish.tag,
    access: wish.access,
    claimed,
    claimedDist: {},
    tarball,
  });
}

const record = z.record(z.string(), z.unknown());

function requireVersion(wish: Upload, version: string): void {
  if (wish.version === undefined || wish.version === version) return;
  throw new SkillsError(
    "ESKILLMISMATCH",
    `package.json says version ${version}, the address says ${wish.version}`,
  );
}

/** Packs and publishes, unless the version is there with the same files: other packers make other bytes of them. */
async function publishFiles(
  { library, caller, wish }: Draft,
  ready: { files: Entry[]; packageJson: Entry; issues: Issue[] },
): Promise<PublishAnswer> {
  const { files, packageJson, issues } = ready;
  const version = parsePackageJson(packageJson.data).manifest?.version;
  const known = await sameAsPublished(library, wish.name, {
    files,
    versions: version === undefined ? [] : [version],
  });
  if (known !== undefined) {
    requireVersion(wish, known.version);
    return unchanged(known, issues);
  }
  return await publishBytes(library, caller, { wish, tarball: await packTarball(files), packageJson });
}

/** A folder without package.json: its version is the one asked for, or the next that is free. */
async function publishGenerated(draft: Draft): Promise<PublishAnswer> {
  const { library, wish } = draft;
  const { limits } = library.parts.config;
  // Judged under a version of no meaning, for there has to be one.
  const provisional = withPackageJson(draft, wish.version ?? "0.0.0", undefined);
  const { skills, issues } = refuseIssues(inspectSkill(provisional.files, { limits }));
  const skill = skills.find(({ root }) => root === "")?.manifest;
  const under = (version: string): Packable => ({ ...withPackageJson(draft, version, skill), issues });
  if (wish.version !== undefined) return await publishFiles(draft, under(wish.version));
  for (let attempt = 1; ; attempt++) {
    const { version, base } = await freeVersion(library.parts.metadata, wish.name);
    const known = await sameAsPublished(library, wish.name, { files: under(version).files, versions: base });
    if (known !== undefined) return unchanged(known, issues);
    try {
      return await publishFiles(draft, under(version));
    } catch (error) {
      // Somebody was faster; their content may even be ours.
      const isTaken = error instanceof SkillsError && error.code === "EVERSIONTAKEN";
      if (!isTaken || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

interface Packable {
  files: Entry[];
  packageJson: Entry;
  issues: Issue[];
}

function withPackageJson(
  { wish, files }: Draft,
  version: string,
  skill: Parameters<typeof generatePackageJson>[2],
): Omit<Packable, "issues"> {
  const text = packageJsonText(generatePackageJson(wish.name.full, version, skill));
  const packageJson: Entry = { path: PACKAGE_JSON, type: "file", mode: 0o644, data: Buffer.from(text) };
  return { files: [...files, packageJson], packageJson };
}

function refuseIssues<T extends { issues: Issue[] }>(inspection: T): T {
  refuseErrors(inspection.issues);
  return inspection;
}

function unchanged(known: { name: string; rev: number; version: string }, warnings: Issue[]): PublishAnswer {
  return {
    ok: true,
    id: known.name,
    rev: String(known.rev),
    action: "unchanged",
    version: known.version,
    previous: null,
    warnings,
  };
}

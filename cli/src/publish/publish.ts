import { join } from "node:path";
import {
  DEFAULT_LIMITS,
  FIRST_VERSION,
  SkillsError,
  readTarball,
  sameContent,
  type Bump,
  type Issue,
} from "@skills-registry/schema";
import type { Context } from "../context.ts";
import { packAs, prepareDraft, type Draft } from "./draft.ts";
import { describeFailure } from "../failure.ts";
import { download } from "../registry/fetch-skill.ts";
import { writeAtomically } from "../files.ts";
import { higherVersion, highestVersion, nextVersion } from "./next-version.ts";
import { putPackage, type NpmOptions } from "../registry/npm.ts";
import { withVersion, type Packed } from "./pack.ts";
import { findPackument, optionsFor, type Packument } from "../registry/registry.ts";
import { withRunToken } from "./trusted-publishing.ts";

export const ACCESS = ["public", "restricted"] as const;
type Access = (typeof ACCESS)[number];

export interface PublishRequest {
  folder: string;
  /** `@acme`, for a folder without package.json. */
  scope: string | undefined;
  bump: Bump | undefined;
  /** Dist-tag; `latest` when undefined. */
  tag: string | undefined;
  /** Who sees a new skill; .npmrc, and then its namespace, say it when undefined. */
  access: Access | undefined;
  /** `check` does everything but the publish itself. */
  mode: "publish" | "check";
}

export interface PublishedSkill {
  folder: string;
  name: string;
  version: string;
  action: "new" | "update" | "unchanged";
  /** The version it was compared with; null for a new skill. */
  previous: string | null;
  integrity: string;
  warnings: Issue[];
}

/** Version numbers tried in a row; more of them taken than this is no accident. */
const MOST_ATTEMPTS = 10;

/** Publishes one folder, if it holds anything that the registry does not have yet. */
export async function publishFolder(context: Context, request: PublishRequest): Promise<PublishedSkill> {
  const draft = await prepareDraft(request);
  const { name } = draft.manifest;
  const { options, packument } = await readPublished(context, draft, request);
  const base = baseVersion(draft, packument, request.bump);
  const result = { folder: request.folder, name, warnings: draft.warnings };
  if (base !== undefined && (await isPublished(draft, packument, { base, options }))) {
    const integrity = packument?.versions[base]?.dist.integrity ?? draft.packed.integrity;
    return { ...result, version: base, previous: base, action: "unchanged", integrity };
  }
  const next = await packNext(draft, packument, request.bump);
  const packed =
    request.mode === "check"
      ? next
      : await putFirstFree(next, await withRunToken(context, name, options), { draft, request, context });
  const previous = highestVersion(packument) ?? null;
  return {
    ...result,
    previous,
    version: packed.manifest.version,
    action: previous === null ? "new" : "update",
    integrity: packed.integrity,
  };
}

interface Published {
  options: NpmOptions;
  packument: Packument | undefined;
}

/**
 * What there is of the skill, and the options that it was read with. A run of CI reads as nobody where it can: its ID token is good
 * for one exchange, which a skill that has not changed does not need.
 */
async function readPublished(context: Context, draft: Draft, request: PublishRequest): Promise<Published> {
  const options = await publishOptions(context, draft, request);
  const { name } = draft.manifest;
  const packument = await findPackument(name, options);
  if (packument !== undefined || request.mode === "check") return { options, packument };
  const withToken = await withRunToken(context, name, options);
  // A restricted skill is there for the run alone.
  return {
    options: withToken,
    packument: withToken === options ? undefined : await findPackument(name, withToken),
  };
}

async function publishOptions(
  context: Context,
  { manifest }: Draft,
  { tag, access }: PublishRequest,
): Promise<NpmOptions> {
  const options = await optionsFor(context, manifest.name.split("/")[0]);
  return {
    ...options,
    npmVersion: `skills/${context.version}`,
    ...(tag === undefined ? {} : { defaultTag: tag }),
    ...(access === undefined ? {} : { access }),
  };
}

/** The published version that the folder may be equal to. */
function baseVersion(
  draft: Draft,
  packument: Packument | undefined,
  bump: Bump | undefined,
): string | undefined {
  if (draft.versionFrom === "registry" || bump !== undefined) return highestVersion(packument);
  const { version } = draft.manifest;
  return packument?.versions[version] === undefined ? undefined : version;
}

/**
 * Packing is reproducible, so the same integrity settles it without a download. Other packers and other zlib versions
 * make other bytes of the same files; then the published files themselves are compared.
 */
async function isPublished(
  draft: Draft,
  packument: Packument | undefined,
  at: { base: string; options: NpmOptions },
): Promise<boolean> {
  const published = packument?.versions[at.base];
  const integrity = published?.dist.integrity;
  const same = await packAs(draft, at.base);
  if (published === undefined || integrity === undefined) return false;
  if (same.integrity === integrity) return true;
  const theirs = await readTarball(await download(published, integrity, at.options), DEFAULT_LIMITS);
  const ours = await readTarball(same.tarball, DEFAULT_LIMITS);
  return sameContent(ours.entries, theirs.entries);
}

async function packNext(
  draft: Draft,
  packument: Packument | undefined,
  bump: Bump | undefined,
): Promise<Packed> {
  const { manifest, versionFrom } = draft;
  const highest = highestVersion(packument);
  if (versionFrom === "registry") {
    return packAs(
      draft,
      highest === undefined ? FIRST_VERSION : nextVersion(packument, highest, bump ?? "patch"),
    );
  }
  if (bump !== undefined)
    return packAs(draft, nextVersion(packument, higherVersion(manifest.version, highest), bump));
  if (packument?.versions[manifest.version] !== undefined) {
    const next = nextVersion(packument, higherVersion(manifest.version, highest), "patch");
    throw new SkillsError(
      "EVERSIONTAKEN",
      `${manifest.name}@${manifest.version} is already published with other content`,
      {
        hint: `A published version never changes. The next free one is ${next}: set it in package.json, or use --bump.`,
      },
    );
  }
  return draft.packed;
}

interface PutContext {
  context: Context;
  draft: Draft;
  request: PublishRequest;
}

/**
 * Publishes, and where we chose the version goes on to the next one while it is taken: by somebody who was faster, or for
 * ever by a version that was unpublished, which packuments need not list.
 */
async function putFirstFree(packed: Packed, options: NpmOptions, at: PutContext): Promise<Packed> {
  const chosenByUs = at.draft.versionFrom === "registry" || at.request.bump !== undefined;
  for (let attempt = 1; ; attempt++) {
    at.context.signal.throwIfAborted();
    try {
      await putPackage(packed.manifest, packed.tarball, options);
      await writeVersion(packed, at);
      return packed;
    } catch (error) {
      const taken = describeFailure(error).code === "EVERSIONTAKEN";
      if (!taken || !chosenByUs || attempt === MOST_ATTEMPTS) throw error;
      packed = await packAs(at.draft, nextVersion(undefined, packed.manifest.version, "patch"));
    }
  }
}

/** package.json gets a bumped version only once it is published: a failed publish leaves the folder as it was. */
async function writeVersion({ manifest }: Packed, { draft, request }: PutContext): Promise<void> {
  const file = draft.entries.find(({ path }) => path === "package.json");
  if (file === undefined || manifest.version === draft.manifest.version) return;
  const text = withVersion(new TextDecoder().decode(file.data), manifest.version);
  await writeAtomically(join(request.folder, "package.json"), text);
}

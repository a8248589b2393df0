import {
  DEFAULT_LIMITS,
  FIRST_VERSION,
  SkillsError,
  readTarball,
  sameContent,
  type Bump,
} from "@skills-registry/schema";
import type { Context } from "../context.ts";
import { packAs, packLike, type Draft } from "./draft.ts";
import { higherVersion, highestVersion, nextVersion } from "./next-version.ts";
import type { NpmOptions } from "../registry/npm.ts";
import type { Packed } from "./pack.ts";
import { findPackument, optionsFor, type Packument } from "../registry/registry.ts";
import { download } from "../registry/unpack.ts";
import { withRunToken } from "./trusted-publishing.ts";

export const ACCESS = ["public", "restricted"] as const;
export type Access = (typeof ACCESS)[number];

/** How something is published. */
export interface PublishWish {
  bump: Bump | undefined;
  /** Dist-tag; `latest` when undefined. */
  tag: string | undefined;
  /** Who sees a new skill; .npmrc, and then its namespace, say it when undefined. */
  access: Access | undefined;
  /** `check` does everything but the publish itself. */
  mode: "publish" | "check";
}

/** What there is of a skill in the registry, and the options that it was read with. */
export interface Published {
  options: NpmOptions;
  packument: Packument | undefined;
}

/** What a publish comes to. */
export type PublishPlan =
  | { action: "unchanged"; version: string; previous: string; integrity: string }
  | { action: "new" | "update"; version: string; previous: string | null; packed: Packed };

/** Compares a draft with what is published, and chooses the version. Changes nothing. */
export async function planPublish(
  draft: Draft,
  { options, packument }: Published,
  bump: Bump | undefined,
): Promise<PublishPlan> {
  const base = baseVersion(draft, packument, bump);
  const integrity = base === undefined ? undefined : await findPublished(draft, packument, { base, options });
  if (base !== undefined && integrity !== undefined)
    return { action: "unchanged", version: base, previous: base, integrity };
  const packed = await packNext(draft, packument, bump);
  const previous = highestVersion(packument) ?? null;
  return { action: previous === null ? "new" : "update", version: packed.manifest.version, previous, packed };
}

/**
 * What there is of the skill. A run of CI reads as nobody where it can: its ID token is good for one exchange, which a skill
 * that has not changed does not need.
 */
export async function readPublished(
  context: Context,
  name: string,
  wish: Pick<PublishWish, "tag" | "access" | "mode">,
): Promise<Published> {
  const options = await publishOptions(context, name, wish);
  const packument = await findPackument(name, options);
  if (packument !== undefined || wish.mode === "check") return { options, packument };
  const withToken = await withRunToken(context, name, options);
  // A restricted skill is there for the run alone.
  return {
    options: withToken,
    packument: withToken === options ? undefined : await findPackument(name, withToken),
  };
}

async function publishOptions(
  context: Context,
  name: string,
  { tag, access }: Pick<PublishWish, "tag" | "access">,
): Promise<NpmOptions> {
  const options = await optionsFor(context, name.split("/")[0]);
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
 * The integrity of a published version that is the same as the draft. Packing is reproducible, so the same integrity settles
 * it without a download. Other packers and other zlib versions make other bytes of the same files; then the published files
 * themselves are compared.
 */
async function findPublished(
  draft: Draft,
  packument: Packument | undefined,
  at: { base: string; options: NpmOptions },
): Promise<string | undefined> {
  const published = packument?.versions[at.base];
  const integrity = published?.dist.integrity;
  if (published === undefined || integrity === undefined) return undefined;
  const same = await packLike(draft, at.base, published.skill?.importedFrom?.commit);
  if (same.integrity === integrity) return integrity;
  const address = { ...published, url: published.dist.tarball, integrity };
  const theirs = await readTarball(await download(address, at.options), DEFAULT_LIMITS);
  const ours = await readTarball(same.tarball, DEFAULT_LIMITS);
  return sameContent(ours.entries, theirs.entries) ? integrity : undefined;
}

async function packNext(
  draft: Draft,
  packument: Packument | undefined,
  bump: Bump | undefined,
): Promise<Packed> {
  const { manifest, versionFrom } = draft;
  const highest = highestVersion(packument);
  if (versionFrom === "registry") return packAs(draft, registryVersion(draft, packument, bump));
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
  return packAs(draft, manifest.version);
}

function registryVersion(
  { atLeast }: Draft,
  packument: Packument | undefined,
  bump: Bump | undefined,
): string {
  const highest = highestVersion(packument);
  const next = highest === undefined ? FIRST_VERSION : nextVersion(packument, highest, bump ?? "patch");
  if (atLeast === undefined || higherVersion(next, atLeast) === next) return next;
  // It may have been unpublished, and is taken for ever then.
  return packument?.time[atLeast] === undefined ? atLeast : nextVersion(packument, atLeast, "patch");
}

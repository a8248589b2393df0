import { isNamespace, parsePackageName, printable } from "@skills-registry/schema";
import semver from "semver";
import { z } from "zod";
import { VISIBILITIES } from "../store/identity.ts";
import { link } from "../mirror/upstream-documents.ts";
import type { PublicKey } from "./bring-in.ts";

/**
 * An archive of some namespaces for a registry that cannot reach this one: `skills.jsonl` with a skill on each line, `blobs/<sha512 in
 * hex>` with the tarballs, and last of all `manifest.json`. It holds no account, token or private key.
 */
export const EXPORT_FORMAT = "skills-registry export";
export const EXPORT_VERSION = 1;

export const SKILLS_FILE = "skills.jsonl";

/** Characters of names, addresses and messages. What is longer is no document of ours. */
const TEXT_MAX = 2_048;
/** Versions and tags of one skill. */
const LIST_MAX = 100_000;

/** People see it in their terminals. */
const text = z
  .string()
  .max(TEXT_MAX)
  .refine((value) => printable(value) === value, "cannot be shown");
const time = z.iso.datetime();
const count = z.number().int().nonnegative();
const number = z.string().refine((value) => semver.valid(value) === value, "is not a version");
const integrity = z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/);

const publicKey = z.strictObject({ keyid: text, publicKey: text }) satisfies z.ZodType<PublicKey>;

export const exportManifest = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  /** Id of the registry. */
  registry: z.uuid(),
  createdAt: time,
  namespaces: z.array(z.string().refine(isNamespace)).min(1).max(10_000),
  /** Those that the versions are signed with. */
  keys: z.array(publicKey).max(1_000),
  skills: z.strictObject({ count, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  blobs: z.strictObject({ count, bytes: count }),
});
export type ExportManifest = z.infer<typeof exportManifest>;

const provenance = z.strictObject({
  issuer: text,
  publisher: text,
  repository: link,
  commit: text.nullable(),
  ref: text.nullable(),
  workflow: text.nullable(),
  environment: text.nullable(),
  run: link,
});

const exportedVersion = z.strictObject({
  version: number,
  integrity,
  size: count,
  signature: z.strictObject({ keyid: text, sig: text }),
  publishedAt: time,
  publisher: text,
  provenance: provenance.nullable(),
  publishedAs: text.nullable(),
  deprecated: text.nullable(),
});

/** A skill as its registry shows it: what is unpublished there is not among its versions. */
export const exportedSkill = z.strictObject({
  name: z.string().transform((value, context) => {
    const name = parsePackageName(value);
    if (name !== undefined) return name;
    context.addIssue("is no name of a skill");
    return z.NEVER;
  }),
  visibility: z.enum(VISIBILITIES),
  /** Of the registry that it comes from. */
  rev: text,
  versions: z.array(exportedVersion).max(LIST_MAX),
  /** By operators there. */
  withdrawn: z.array(z.strictObject({ version: number, at: time, reason: text })).max(LIST_MAX),
  tags: z.record(text, number),
});
export type ExportedSkill = z.infer<typeof exportedSkill>;
/** The same as JSON. */
export type ExportedSkillLine = z.input<typeof exportedSkill>;

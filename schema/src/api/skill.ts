import { z } from "zod";
import { issueSchema } from "./issue.ts";

const count = z.number().int().min(0);
const link = z.string().nullable().describe("An http or https address.");

/** One version in a list of versions. */
export const versionSummarySchema = z.object({
  version: z.string(),
  publishedAt: z.iso.datetime(),
  publisher: z.string(),
  deprecated: z.string().nullable().describe("The message of `npm deprecate`."),
  size: count.describe("Bytes of the tarball."),
  unpackedSize: count,
  fileCount: count,
});
export type VersionSummaryAnswer = z.infer<typeof versionSummarySchema>;

/** Where a version was built, by the verified claims of its CI system. */
export const provenanceSchema = z.object({
  issuer: z.string().describe("Id of the CI system."),
  publisher: z.string().describe("Its name for people."),
  repository: link,
  commit: z.string().nullable(),
  ref: z.string().nullable(),
  workflow: z.string().nullable().describe("Path of the file in the repository."),
  environment: z.string().nullable(),
  run: link,
});

/** Where the files of an imported version come from, as its publisher states it. */
export const importedFromSchema = z.object({
  repository: z.string().describe("Address of a repository, an archive or a site."),
  commit: z.string().nullable(),
  path: z.string().describe("Folder in it; empty for the top."),
  link: link.describe(
    "The folder at the commit where its forge has an address for that, else the repository.",
  ),
});

/** What a fork was made from, and how far it is behind. */
export const forkedFromSchema = z.object({
  name: z.string(),
  version: z.string().describe("The version that the fork began with, or took over last."),
  latest: z
    .string()
    .nullable()
    .describe("Highest stable version of the origin; null when there is none that the caller may read."),
  behind: count
    .nullable()
    .describe(
      "Stable versions of the origin above `version`, without deprecated ones; null for an origin that is gone.",
    ),
});

/** `GET /api/skills/{namespace}/{skill}/{version}` */
export const versionAnswer = versionSummarySchema.extend({
  name: z.string(),
  namespace: z.string(),
  isLatest: z.boolean(),
  provenance: provenanceSchema.nullable().describe("Null for what a person published."),
  description: z.string(),
  keywords: z.array(z.string()),
  license: z.string().nullable(),
  authors: z.array(z.string()),
  compatibility: z.string().nullable().describe("As SKILL.md says it."),
  agents: z.array(z.string()).describe("Agents that `compatibility` names."),
  repository: link,
  homepage: link,
  bugs: link,
  contribute: link.describe(
    "Where changes are sent: for an imported skill where it comes from, else its repository.",
  ),
  importedFrom: importedFromSchema
    .nullable()
    .describe("Stated by the publisher and not proved, unlike `provenance`."),
  forkedFrom: forkedFromSchema.nullable().describe("Stated by the publisher, when it is a fork."),
  mirroredFrom: z
    .string()
    .nullable()
    .default(null)
    .describe("Address of the registry that this one copies the skill from; null for one of its own."),
  hasScripts: z.boolean(),
  skills: z
    .array(
      z.object({
        path: z.string().describe("Folder inside the package; empty for a single skill."),
        name: z.string(),
        description: z.string(),
        manifest: z.record(z.string(), z.unknown()).describe("The frontmatter of its SKILL.md."),
      }),
    )
    .describe("One for a single skill, several for a pack."),
  context: z
    .object({ description: count, body: count })
    .describe("Tokens, about: what an agent always reads, and what it reads when the skill is used."),
  warnings: z.array(issueSchema),
  waived: z.array(issueSchema).describe("Findings that the author declared harmless."),
  dependencies: z.record(z.string(), z.string()),
  dist: z.object({
    tarball: z.string(),
    integrity: z.string(),
    shasum: z.string(),
    signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
  }),
});
export type VersionAnswer = z.infer<typeof versionAnswer>;

/** `GET /api/skills/{namespace}/{skill}`: the version that `latest` names, and what is true of all. */
export const skillAnswer = versionAnswer.extend({
  visibility: z
    .enum(["public", "restricted"])
    .describe("Who sees it: everybody, or those with a right to it alone."),
  createdAt: z.iso.datetime(),
  modifiedAt: z.iso.datetime(),
  tags: z.record(z.string(), z.string()),
  versions: z
    .array(versionSummarySchema)
    .describe("Highest first; those that were unpublished are left out."),
  withdrawn: z
    .array(z.object({ version: z.string(), at: z.iso.datetime(), reason: z.string() }))
    .describe("Versions that an operator of the registry has taken away from everybody, the last one first."),
  dependents: z.array(z.string()),
  likes: count,
  liked: z.boolean().describe("By the caller."),
  downloads: z.object({
    total: count.describe("Of the last 30 days."),
    days: z.array(z.object({ day: z.iso.date(), count })),
  }),
});
export type SkillAnswer = z.infer<typeof skillAnswer>;

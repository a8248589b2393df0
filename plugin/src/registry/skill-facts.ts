import { type ForkedFrom, SKILL_KEYWORD } from "@skills-registry/schema";
import { z } from "zod";
import { bugsLink, repositoryLink, sourceLink, webLink } from "./links.ts";

/** One skill of a package, by its stored frontmatter. */
export interface PackagedSkill {
  /** Folder inside the package: "" for a single skill, `skills/x` in a pack. */
  path: string;
  name: string;
  description: string;
  /** The frontmatter. */
  manifest: Record<string, unknown>;
}

/** Where the files come from, as the publisher states it. */
export interface StatedSource {
  repository: string;
  commit: string | null;
  /** Folder in the repository; "" for its top. */
  path: string;
  /** The folder at the commit, where its forge has an address for that; else the repository. */
  link: string | null;
}

/** What a stored manifest says about the version: package.json first, the frontmatter where that is silent. */
export interface SkillFacts {
  /** On one line. */
  description: string;
  keywords: string[];
  license: string | null;
  /** Names of authors and contributors. */
  authors: string[];
  compatibility: string | null;
  /** http or https. */
  repository: string | null;
  homepage: string | null;
  bugs: string | null;
  /** Where changes are sent: what was imported is overwritten by the next import, so its changes go to where it comes from. */
  contribute: string | null;
  importedFrom: StatedSource | null;
  forkedFrom: ForkedFrom | null;
  /** One for a single skill, several for a pack. */
  skills: PackagedSkill[];
  /** Skills it needs, of all three kinds, with their ranges. */
  dependencies: Record<string, string>;
}

const text = z.string().optional().catch(undefined);
const ranges = z.record(z.string(), z.string()).catch({});
/** One who gave only an e-mail address has none. */
const person = z.object({ name: z.string().catch("") }).transform(({ name }) => name);
const frontmatter = z.looseObject({
  name: z.string(),
  description: z.string(),
  license: text,
  compatibility: text,
  metadata: z.record(z.string(), z.string()).optional().catch(undefined),
});

/** package.json's own `skill`, which is stored in one object with the frontmatter of a single skill. */
const settings = z.object({
  importedFrom: z
    .object({ repository: z.string(), commit: z.string().nullable().default(null), path: z.string() })
    .optional()
    .catch(undefined),
  forkedFrom: z.object({ name: z.string(), version: z.string() }).optional().catch(undefined),
});

/** Written by our own publish; read leniently all the same, as earlier releases may have written otherwise. */
const storedManifest = z.object({
  description: text,
  keywords: z.array(z.string()).catch([]),
  license: text,
  author: person.optional().catch(undefined),
  contributors: z.array(person).catch([]),
  repository: z.unknown().optional(),
  homepage: z.unknown().optional(),
  bugs: z.unknown().optional(),
  dependencies: ranges,
  optionalDependencies: ranges,
  peerDependencies: ranges,
  skill: frontmatter.optional().catch(undefined),
  skills: z.array(frontmatter.extend({ path: z.string() })).catch([]),
});
type Frontmatter = z.infer<typeof frontmatter>;

/** Reads the manifest of a stored version. */
export function skillFacts(manifest: Record<string, unknown>): SkillFacts {
  const stored = storedManifest.parse(manifest);
  const { importedFrom, forkedFrom } = settings.catch({}).parse(manifest["skill"]);
  const upstream =
    importedFrom === undefined ? null : sourceLink(importedFrom.repository, { folder: importedFrom.path });
  const fronts: Frontmatter[] = [...(stored.skill === undefined ? [] : [stored.skill]), ...stored.skills];
  return {
    description: oneLine(stored.description ?? fronts.map((front) => front.description).join(" ")),
    // Here everything is a skill.
    keywords: unique([...stored.keywords, ...fronts.flatMap(tagsOf)]).filter(
      (word) => word !== SKILL_KEYWORD,
    ),
    license: stored.license ?? first(fronts, (front) => front.license),
    authors: unique([
      ...(stored.author === undefined ? [] : [stored.author]),
      ...stored.contributors,
      ...fronts.flatMap((front) => front.metadata?.["author"] ?? []),
    ]),
    compatibility: first(fronts, (front) => front.compatibility),
    repository: repositoryLink(stored.repository),
    homepage: webLink(stored.homepage),
    bugs: bugsLink(stored.bugs),
    contribute: upstream ?? repositoryLink(stored.repository) ?? bugsLink(stored.bugs),
    importedFrom: importedFrom === undefined ? null : { ...importedFrom, link: linkOf(importedFrom) },
    forkedFrom: forkedFrom ?? null,
    skills: [
      ...(stored.skill === undefined ? [] : [packaged(withoutSettings(stored.skill), "")]),
      ...stored.skills.map(({ path, ...front }) => packaged(front, path)),
    ],
    dependencies: {
      ...stored.peerDependencies,
      ...stored.optionalDependencies,
      ...stored.dependencies,
    },
  };
}

function linkOf({ repository, commit, path }: Omit<StatedSource, "link">): string | null {
  return sourceLink(repository, { folder: path, ...(commit === null ? {} : { commit }) });
}

function packaged(front: Frontmatter, path: string): PackagedSkill {
  return { path, name: front.name, description: front.description, manifest: front };
}

/** These fields of the stored `skill` are package.json's, not the frontmatter's. */
function withoutSettings({
  allow: _allow,
  importedFrom: _source,
  forkedFrom: _origin,
  ...front
}: Frontmatter): Frontmatter {
  return front;
}

/** Skills name their tags in `metadata`, where the validator has made text of lists, or beside the specification's fields. */
function tagsOf({ metadata, tags, keywords }: Frontmatter): string[] {
  return [metadata?.["tags"], metadata?.["keywords"], metadata?.["category"], tags, keywords].flatMap(
    (value) => {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      return list.flatMap((tag) => (typeof tag === "string" ? tag.split(/[,;]/) : []));
    },
  );
}

/** YAML's blocks of text end in a line break, and keep those inside. */
function oneLine(words: string): string {
  return words.trim().replace(/\s+/gu, " ");
}

function unique(words: string[]): string[] {
  return [...new Set(words.map((word) => word.trim()).filter((word) => word !== ""))];
}

function first(fronts: Frontmatter[], field: (front: Frontmatter) => string | undefined): string | null {
  return fronts.map(field).find((value) => value !== undefined) ?? null;
}

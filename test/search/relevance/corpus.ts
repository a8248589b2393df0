import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { readFolder } from "../../../cli/src/publish/folder.ts";
import { searchDocument } from "../../../plugin/src/registry/search-document.ts";
import type { Metadata, Version } from "../../../plugin/src/store/metadata.ts";
import { generatePackageJson, inspectSkill, isError } from "../../../schema/src/index.ts";
import { AT, sampleVersion } from "../../contract/samples.ts";

/** A skill of the corpus that the validator takes. */
export interface CorpusSkill {
  /** `@namespace/skill`, as `skills publish` names it. */
  name: string;
  description: string;
  /** SKILL.md below the frontmatter. */
  body: string;
  version: Version;
}

/** Real skills beside the checkout, `<namespace>/<skill>/SKILL.md`; a clone does not have them. */
const BESIDE = path.resolve(import.meta.dirname, "../../../../shared/corpus");

/** undefined when the corpus is not there. */
export function findCorpus(): string | undefined {
  return existsSync(BESIDE) ? BESIDE : undefined;
}

/** In order of their names. */
export async function readCorpus(dir: string): Promise<CorpusSkill[]> {
  const skills: CorpusSkill[] = [];
  for (const namespace of await foldersIn(dir)) {
    for (const folder of await foldersIn(path.join(dir, namespace))) {
      const skill = await readSkill(namespace, path.join(dir, namespace, folder));
      if (skill !== undefined) skills.push(skill);
    }
  }
  return skills;
}

async function readSkill(namespace: string, folder: string): Promise<CorpusSkill | undefined> {
  const entries = await readFolder(folder);
  const { skills, issues } = inspectSkill(entries, { folder: path.basename(folder) });
  const [skill] = skills;
  if (skill === undefined || issues.some(isError)) return undefined;
  const { manifest, body, text } = skill;
  const name = `@${namespace}/${manifest.name}`;
  const version = sampleVersion("1.0.0", {
    publisher: namespace,
    manifest: { ...generatePackageJson(name, "1.0.0", manifest), skill: manifest },
    readme: text,
    hasScripts: entries.some((entry) => entry.path.startsWith("scripts/")),
  });
  return { name, description: manifest.description, body, version };
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** What publishing the skills leaves in the index, in one transaction: 900 publishes would take the disk half a minute. */
export async function indexAll(metadata: Metadata, skills: CorpusSkill[]): Promise<void> {
  await metadata.transaction(async (tx) => {
    for (const { name, version } of skills) {
      const created = await tx.insertPackage({
        name,
        visibility: "public",
        namespace: version.publisher,
        at: AT,
      });
      await tx.putSearchDocument(created.id, searchDocument(created, version));
    }
  });
}

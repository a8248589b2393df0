import { isSkillName, parseFrontmatter, slugify, type Entry } from "@skills-registry/schema";
import { packageFields } from "./manifest.ts";
import type { Material } from "./prepare.ts";

/**
 * The name that a candidate would be published under, without the namespace: that of its folder, as the specification has it;
 * at the top of a repository that of its frontmatter; of a pack that of its package.json. "" where nothing gives one.
 */
export function nameOf({ candidate, folderName, entries }: Material): string {
  const said = candidate.kind === "pack" ? packName(entries) : frontmatterName(entries);
  const first = candidate.kind === "pack" ? said : folderName;
  return [first, said, slugify(said), slugify(folderName)].find((name) => isSkillName(name)) ?? "";
}

function packName(entries: readonly Entry[]): string {
  const name = packageFields(entries)?.["name"];
  return typeof name === "string" ? name.slice(name.indexOf("/") + 1) : "";
}

function frontmatterName(entries: readonly Entry[]): string {
  const file = entries.find(({ path, type }) => path.toLowerCase() === "skill.md" && type === "file");
  if (file === undefined) return "";
  const text = new TextDecoder().decode(file.data);
  const name = parseFrontmatter(text, file.path).frontmatter?.data["name"];
  return typeof name === "string" ? name : "";
}

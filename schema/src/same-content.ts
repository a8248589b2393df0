import { hash } from "node:crypto";
import { z } from "zod";
import type { Entry } from "./entry.ts";

const PACKAGE_JSON = "package.json";

/**
 * True when two packages hold the same files, apart from what package.json says of the version and, in an imported skill, of
 * the commit: a new commit of a repository that left the skill as it was is no news of the skill. Folders carry no content.
 */
export function sameContent(a: readonly Entry[], b: readonly Entry[]): boolean {
  const [left, right] = [fingerprint(a), fingerprint(b)];
  return left.size === right.size && [...left].every(([path, content]) => right.get(path) === content);
}

function fingerprint(entries: readonly Entry[]): Map<string, string> {
  const files = entries.filter(({ type }) => type === "file");
  return new Map(files.map((file) => [file.path, `${file.mode & 0o100} ${contentOf(file)}`]));
}

function contentOf({ path, data }: Entry): string {
  return hash("sha256", path === PACKAGE_JSON ? versionless(data) : data, "base64");
}

const manifest = z.record(z.string(), z.unknown());
const imported = z.looseObject({ skill: z.looseObject({ importedFrom: z.looseObject({}) }) });

function versionless(data: Uint8Array): string {
  const text = new TextDecoder().decode(data);
  try {
    return JSON.stringify({ ...commitless(manifest.parse(JSON.parse(text))), version: "" });
  } catch {
    return text;
  }
}

function commitless(fields: Record<string, unknown>): Record<string, unknown> {
  const parsed = imported.safeParse(fields);
  if (!parsed.success) return fields;
  const { skill } = parsed.data;
  const { commit: _, ...importedFrom } = skill.importedFrom;
  return { ...fields, skill: { ...skill, importedFrom } };
}

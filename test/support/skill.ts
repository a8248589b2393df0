import type { Entry } from "../../schema/src/index.ts";
import { END, gzipTar, paxEntry, tarEntry } from "./tar-writer.ts";

/** A tree as an object: paths with `/`, contents as text or bytes. */
export type Files = Record<string, string | Uint8Array>;

export interface SkillOptions {
  /** `@namespace/skill-name`. */
  name?: string;
  version?: string;
  description?: string;
  /** SKILL.md below the frontmatter. */
  body?: string;
  /** Further fields of package.json. */
  manifest?: Record<string, unknown>;
  /** Further frontmatter, as YAML lines. */
  frontmatter?: string;
  /** Further files, or others in the place of package.json and SKILL.md. */
  files?: Files;
}

export interface BuiltSkill {
  files: Files;
  /** As the validator takes them. */
  entries: Entry[];
  /** As npm would send it. */
  tarball: Buffer;
}

/** A small valid skill, in every form that a test may need. */
export function buildSkill(options: SkillOptions = {}): BuiltSkill {
  const { name = "@acme/sample", version = "1.0.0", description = "Does one thing, for tests." } = options;
  const skill = name.slice(name.indexOf("/") + 1);
  const lines = [`name: ${skill}`, `description: ${description}`, "license: MIT", options.frontmatter ?? ""];
  const files: Files = {
    "package.json": JSON.stringify({ name, version, license: "MIT", ...options.manifest }),
    "SKILL.md": `---\n${lines.filter((line) => line !== "").join("\n")}\n---\n\n${options.body ?? "Do it."}\n`,
    ...options.files,
  };
  return { files, entries: entriesOf(files), tarball: packageTarball(files) };
}

/** Files as entries with mode 644; those under scripts/ are executable. */
export function entriesOf(files: Files): Entry[] {
  return Object.entries(files).map(([path, content]) => ({
    path,
    type: "file",
    mode: modeOf(path),
    data: Buffer.from(content),
  }));
}

/** A .tgz as npm packs it: everything under package/, PAX headers for paths that are long or not ASCII. */
export function packageTarball(files: Files): Buffer {
  const entries = Object.entries(files).map(([path, content]) => fileEntry(`package/${path}`, content));
  return gzipTar(...entries, END);
}

function fileEntry(path: string, content: string | Uint8Array): Buffer {
  const name = Buffer.from(path);
  const entry = tarEntry({ name: name.subarray(0, 99), mode: modeOf(path) }, content);
  return name.length < 100 && name.length === path.length
    ? entry
    : Buffer.concat([paxEntry([["path", path]]), entry]);
}

function modeOf(path: string): number {
  return /(^|\/)scripts\//.test(path) ? 0o755 : 0o644;
}

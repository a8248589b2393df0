import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseFrontmatter } from "@skills-registry/schema";
import { mapFew } from "../files.ts";

/** A folder that agents read, with what they find there. */
export interface Shelf {
  /** Absolute, as the agent is told it. */
  folder: string;
  skills: ShelvedSkill[];
  /** Absolute paths of links that lead nowhere. */
  broken: string[];
}

export interface ShelvedSkill {
  /** The one in its frontmatter, by which an agent knows it; that of its folder where it has none. */
  name: string;
  description: string;
  path: string;
  /** The same with links followed: two links to one folder are one skill. */
  real: string;
  /** Fields of the frontmatter that are set to true. */
  flags: ReadonlySet<string>;
}

/** Bytes of a SKILL.md that are read for its frontmatter: no valid one is longer, and others' files may have any size. */
const HEAD_BYTES = 64 * 1024;

/** Everything in a folder that an agent takes for a skill; a folder that is not there, or not readable, has none. */
export async function readShelf(folder: string): Promise<Shelf> {
  const names = await readdir(folder).catch(() => []);
  const visible = names.filter((name) => !name.startsWith(".")).toSorted();
  const found = await mapFew(visible, (name) => readSkill(join(folder, name)));
  return {
    folder,
    skills: found.filter((one) => typeof one === "object"),
    broken: visible.filter((_, index) => found[index] === "broken").map((name) => join(folder, name)),
  };
}

/** undefined for what is no skill. */
async function readSkill(path: string): Promise<ShelvedSkill | "broken" | undefined> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" || error.code === "ELOOP" ? "broken" : undefined,
  );
  if (real === undefined || real === "broken") return real;
  const text = await readHead(join(path, "SKILL.md")).catch(() => undefined);
  if (text === undefined) return undefined;
  const data = parseFrontmatter(text, "SKILL.md").frontmatter?.data ?? {};
  const { name, description } = data;
  return {
    name: typeof name === "string" ? name : basename(path),
    description: typeof description === "string" ? description : "",
    path,
    real,
    flags: new Set(Object.keys(data).filter((field) => data[field] === true)),
  };
}

/** undefined for a pipe or a device, which could be waited on for ever. */
async function readHead(path: string): Promise<string | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

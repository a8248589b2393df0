import {
  DEFAULT_LIMITS,
  readTarball,
  SkillsError,
  type Entry,
  type Issue,
  type Limits,
} from "@skills-registry/schema";
import { readZip } from "./zip.ts";

const MB = 1024 * 1024;

/** A whole repository may be in one. Held in memory, so well below what a laptop has. */
export const ARCHIVE_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  tarball: 100 * MB,
  unpacked: 300 * MB,
  entries: 20_000,
};

/** The files of a .tgz or .zip, below the one folder that archives of repositories have on top. Throws EIMPORT for a bad one. */
export async function readArchive(bytes: Buffer, name: string, limits = ARCHIVE_LIMITS): Promise<Entry[]> {
  const entries = (await readEntries(bytes, name, limits)).map((entry) => ({
    ...entry,
    path: entry.path.replace(/^(\.\/)+/, ""),
  }));
  return withoutTop(entries.filter(({ type, path }) => type !== "directory" && path !== "."));
}

async function readEntries(bytes: Buffer, name: string, limits: Limits): Promise<Entry[]> {
  if (bytes.subarray(0, 2).toString("latin1") === "PK") {
    const read = await readZip(bytes, limits);
    if (typeof read === "string") throw refused(name, read);
    return read;
  }
  const { entries, issues, complete } = await readTarball(bytes, limits, "any");
  if (!complete) throw refused(name, issues[0]?.message ?? "it cannot be read", issues);
  return entries;
}

function withoutTop(entries: Entry[]): Entry[] {
  const [top = ""] = entries[0]?.path.split("/") ?? [];
  const prefix = `${top}/`;
  const isShared = !["", ".", ".."].includes(top) && entries.every(({ path }) => path.startsWith(prefix));
  if (!isShared) return entries;
  return entries.map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}

function refused(name: string, why: string, issues: Issue[] = []): SkillsError {
  return new SkillsError("EIMPORT", `${name} cannot be imported: ${why}`, {
    issues,
    hint: "Get the archive again, or pack it anew with tar czf or zip.",
  });
}

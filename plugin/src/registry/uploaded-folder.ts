import { type Entry, inspectArchive, type Limits, readTarball } from "@skills-registry/schema";
import { SkillsError } from "@skills-registry/schema";
import { refuseErrors } from "./candidate.ts";
import { readZip } from "./zip.ts";

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const ZIP_MAGIC = Buffer.from("PK");

/** What archivers and file managers add without being asked; `._x` are macOS's attributes of x. */
const LEFTOVER_FOLDER = "__MACOSX/";
const LEFTOVER_FILE = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/;

/** A first segment that is a folder's name and nothing that a rule has to see: no root, no drive, no step upwards. */
const FOLDER_NAME = /^(?!\.{0,2}$)(?![a-z]:)[^\\]+$/i;

/** True for the bytes of a .tgz; a content-type says only what the sender took them for. */
export function isGzip(bytes: Buffer): boolean {
  return bytes.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
}

/**
 * The files of a skill folder that somebody packed with whatever was at hand: paths below the folder, modes as they were.
 * Links and the like stay in, for the validator to name. Throws EBADBODY for other bytes, ESKILLINVALID with every issue of
 * an archive that cannot be read without doubt.
 */
export async function readUploadedFolder(bytes: Buffer, limits: Limits): Promise<Entry[]> {
  const { entries, issues, complete } = await readArchive(bytes, limits);
  const folder = withoutRoot(entries.map(withoutDot).filter(({ path }) => !isLeftover(path)));
  refuseErrors([...issues, ...(complete ? [] : inspectArchive(folder, limits))]);
  return folder.filter(({ type }) => type !== "directory");
}

async function readArchive(bytes: Buffer, limits: Limits): ReturnType<typeof readZip> {
  if (isGzip(bytes)) return await readTarball(bytes, limits, "any");
  if (bytes.subarray(0, ZIP_MAGIC.length).equals(ZIP_MAGIC)) return await readZip(bytes, limits);
  throw new SkillsError("EBADBODY", "the body is neither a .tgz nor a .zip", {
    hint: "Send the archive itself, as with curl --data-binary @skill.zip.",
  });
}

/** `tar czf x.tgz .` writes `./SKILL.md`. */
function withoutDot(entry: Entry): Entry {
  return { ...entry, path: entry.path.replace(/^(\.\/)+/, "") };
}

function isLeftover(path: string): boolean {
  return path === "." || `${path}/`.startsWith(LEFTOVER_FOLDER) || LEFTOVER_FILE.test(path);
}

/** People pack the folder, or what is in it. `skills/` is no such folder: the skills of a pack lie in it. */
function withoutRoot(entries: Entry[]): Entry[] {
  const [root = ""] = entries[0]?.path.split("/") ?? [];
  const isShared = entries.every(
    ({ path, type }) => path.startsWith(`${root}/`) || (path === root && type === "directory"),
  );
  const isPack = root === "skills" && !entries.some(({ path }) => path === "skills/SKILL.md");
  if (!isShared || isPack || !FOLDER_NAME.test(root)) return entries;
  return entries
    .filter(({ path }) => path !== root)
    .map((entry) => ({ ...entry, path: entry.path.slice(root.length + 1) }));
}

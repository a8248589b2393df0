import { createHash } from "node:crypto";
import { DEFAULT_LIMITS, isSkillName, SkillsError, type Entry } from "@skills-registry/schema/basics";
import { z } from "zod";
import type { Context } from "../context.ts";
import { parseJson } from "../files.ts";
import { withoutQuery, type Address } from "./address.ts";
import { ARCHIVE_LIMITS, readArchive } from "./archive.ts";
import { download, mayFollow } from "./download.ts";
import { inPool } from "./pool.ts";
import { memoryTree, type SourceTree } from "./tree.ts";

/** Bytes of an index. */
const INDEX_MAX = 4 * 1024 * 1024;

/** Of the archive of one skill, and of a file that is not packed: no registry takes more, and several are held at a time. */
const SKILL_LIMITS = DEFAULT_LIMITS;

/** Most skills of an index, files of a skill without an archive, and bytes of all skills together. */
const SKILLS_MAX = 2_000;
const FILES_MAX = 200;
const TOTAL_MAX = ARCHIVE_LIMITS.unpacked;

/** Requests at a time. */
const AT_ONCE = 6;

const skillName = z.string().refine(isSkillName, { error: "is no name of a skill" });

/** Version 0.2 of the discovery index: https://schemas.agentskills.io/discovery/0.2.0/schema.json */
const indexSchema = z.object({
  skills: z
    .array(
      z.object({
        name: skillName,
        type: z.enum(["skill-md", "archive"]),
        url: z.string(),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      }),
    )
    .max(SKILLS_MAX),
});
type IndexEntry = z.infer<typeof indexSchema>["skills"][number];

/** A path that stays below its skill. */
const filePath = z
  .string()
  .refine((path) => !/(^|\/)\.{0,2}(\/|$)|[\\\0?#]/.test(path), { error: "is no path of a file" });

/** Version 0.1: paths of files beside the index, without digests. */
const oldIndexSchema = z.object({
  skills: z
    .array(z.object({ name: skillName, files: z.array(filePath).min(1).max(FILES_MAX) }))
    .max(SKILLS_MAX),
});

/** The skills that a site offers under /.well-known, checked against their digests; undefined where it offers none. */
export async function openSite(context: Context, address: Address): Promise<SourceTree | undefined> {
  const site = withoutQuery(address.url);
  const base = `${site.replace(/\/+$/, "")}/.well-known`;
  const entries =
    (await readIndex(context, address, `${base}/agent-skills/index.json`)) ??
    (await readOldIndex(context, address, `${base}/skills`));
  if (entries === undefined) return undefined;
  return memoryTree({ repository: site, isRepository: false, path: "" }, entries);
}

async function readIndex(context: Context, address: Address, url: string): Promise<Entry[] | undefined> {
  const found = await download(context, { ...address, url }, INDEX_MAX);
  const json = found === undefined ? undefined : parseJson(found.bytes.toString("utf8"));
  // Sites with one page for everything answer with that page.
  if (found === undefined || json === undefined) return undefined;
  const { skills } = parsed(indexSchema, json, url);
  context.note(`reading ${skills.length} skills of ${withoutQuery(address.url)}`);
  const total = { left: TOTAL_MAX };
  const read = await inPool(skills, AT_ONCE, async (skill) =>
    counted(await readSkill(context, { address, from: found.url }, skill), total),
  );
  return read.flat();
}

async function readSkill(
  context: Context,
  { address, from }: { address: Address; from: string },
  { name, type, url, digest }: IndexEntry,
): Promise<Entry[]> {
  const target = URL.parse(url, from);
  if (target === null || !mayFollow(new URL(from), target))
    throw new SkillsError("EIMPORT", `the index has an address for ${name} that is not followed`);
  const limit = type === "archive" ? SKILL_LIMITS.tarball : SKILL_LIMITS.file;
  const bytes = await fetchOf(context, { address, target }, limit);
  const actual = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (actual !== digest) {
    throw new SkillsError("EIMPORT", `${name} has other bytes than its digest in the index means`, {
      hint: "Do not use them; tell the people who run the site. Nothing was published.",
    });
  }
  if (type === "skill-md") return [fileEntry(`${name}/SKILL.md`, bytes)];
  const entries = await readArchive(bytes, name, SKILL_LIMITS);
  return entries.map((entry) => ({ ...entry, path: `${name}/${entry.path}` }));
}

async function readOldIndex(context: Context, address: Address, base: string): Promise<Entry[] | undefined> {
  const found = await download(context, { ...address, url: `${base}/index.json` }, INDEX_MAX);
  const json = found === undefined ? undefined : parseJson(found.bytes.toString("utf8"));
  if (json === undefined) return undefined;
  const { skills } = parsed(oldIndexSchema, json, `${base}/index.json`);
  context.note(
    `warning: ${withoutQuery(address.url)} has an index of version 0.1, which has no digests to check files against`,
  );
  const total = { left: TOTAL_MAX };
  const files = skills.flatMap(({ name, files: paths }) => paths.map((path) => `${name}/${path}`));
  return inPool(files, AT_ONCE, async (path) => {
    const target = new URL(`${base}/${path.split("/").map(encodeURIComponent).join("/")}`);
    const bytes = await fetchOf(context, { address, target }, Math.min(SKILL_LIMITS.file, total.left));
    return counted([fileEntry(path, bytes)], total)[0] ?? fileEntry(path, bytes);
  });
}

/** The password goes to the host that it was given for. */
async function fetchOf(
  context: Context,
  { address, target }: { address: Address; target: URL },
  limit: number,
): Promise<Buffer> {
  const isSameHost = target.origin === new URL(address.url).origin;
  const login = isSameHost ? address.login : undefined;
  const found = await download(context, { url: target.href, login }, limit);
  if (found !== undefined) return found.bytes;
  throw new SkillsError("EIMPORT", `${target.origin}${target.pathname} is in the index, and not there`);
}

function counted(entries: Entry[], total: { left: number }): Entry[] {
  total.left -= entries.reduce((sum, { data }) => sum + data.length, 0);
  if (total.left < 0) throw new SkillsError("EIMPORT", `the site has more than ${TOTAL_MAX} bytes of skills`);
  return entries;
}

function fileEntry(path: string, data: Uint8Array): Entry {
  return { path, type: "file", mode: 0o644, data };
}

function parsed<T>(schema: z.ZodType<T>, json: unknown, url: string): T {
  const answer = schema.safeParse(json);
  if (answer.success) return answer.data;
  const [first] = answer.error.issues;
  throw new SkillsError("EIMPORT", `${url} is malformed at "${first?.path.join(".")}": ${first?.message}`);
}

import { isError, parsePackageName, printable, SkillsError } from "@skills-registry/schema";
import { claimNamespace } from "../mirror/claim-namespace.ts";
import type { MetadataReader, MetadataWriter } from "../store/metadata.ts";
import { decideKeys, type KeyDecision } from "./accept-keys.ts";
import { archiveInput, withScratch } from "./archive-file.ts";
import { type ExportArchive, openExport } from "./export-archive.ts";
import type { ExportedSkill, ExportManifest } from "./export-document.ts";
import { importSkill, type SkillImport } from "./import-skill.ts";

/** Skills between two lines of progress. */
const PROGRESS_EVERY = 200;

export interface Importing {
  parts: SkillImport["parts"];
  file: string;
  /** Ids of keys that an operator believes. */
  named: string[];
  progress(text: string): void;
  /** Writes what was done into the audit log. */
  record(tx: MetadataWriter, manifest: ExportManifest, decision: KeyDecision): Promise<void>;
}

export interface Imported extends Pick<ExportManifest, "registry" | "createdAt" | "namespaces"> {
  /** Ids of keys that are believed since this import. */
  accepted: string[];
  /** Skills that changed, and versions that came. */
  skills: number;
  versions: number;
  /** Skills that stayed as they were, and why. */
  refused: { skill: string; reason: string }[];
}

/**
 * Makes namespaces of this registry copies of those in an export: nobody publishes to them here. Repeated with a newer export it brings
 * what is new. A skill that cannot be brought in stays as it was; the others come. Throws EARCHIVE for an archive that is not sound or
 * older than the last one, ESIGNATURE for keys that nobody believes, EMIRROR for namespaces that belong to this registry.
 */
export async function importNamespaces(work: Importing): Promise<Imported> {
  return await withScratch(async (scratch) => {
    await using handle = await archiveInput(work.file, scratch);
    const archive = await openExport(handle);
    const { registry, createdAt, namespaces } = archive.manifest;
    const { keys, accepted } = await claim(work, archive.manifest);
    const skills = { parts: work.parts, archive, url: urlOf(archive.manifest), keys };
    const done: Imported = { registry, createdAt, namespaces, accepted, skills: 0, versions: 0, refused: [] };
    await importSkills(work, { archive, skills, done });
    await noteState(work, archive.manifest, done);
    return done;
  });
}

/** What stands for the registry of an export: it may have no address that can be reached. */
function urlOf({ registry }: ExportManifest): string {
  return `urn:uuid:${registry}`;
}

async function claim({ parts, named, record }: Importing, manifest: ExportManifest): Promise<KeyDecision> {
  const url = urlOf(manifest);
  const at = parts.now().toISOString();
  refuseFuture(manifest, parts.now());
  return await parts.metadata.transaction(async (tx) => {
    const believed = (await tx.mirrorKeys()).filter((key) => key.url === url);
    const decision = decideKeys(manifest.keys, believed, named);
    for (const namespace of manifest.namespaces) {
      await requireNewer(tx, namespace, manifest);
      await claimNamespace(tx, { namespace, url, at });
    }
    await tx.putMirrorKeys(url, decision.keys);
    await record(tx, manifest, decision);
    return decision;
  });
}

/** How far the clocks of two registries may be apart: an hour. */
const CLOCKS_APART_MS = 60 * 60_000;

/** No signature covers the time of an export. One of the next century would be the last that is ever taken. */
function refuseFuture({ createdAt }: ExportManifest, now: Date): void {
  if (Date.parse(createdAt) <= now.getTime() + CLOCKS_APART_MS) return;
  throw new SkillsError("EARCHIVE", `the export is of ${createdAt}, which is still to come`, {
    hint: "Compare the clocks of this machine and of the one that the export was made on.",
  });
}

/** An older export would take back what came since. */
async function requireNewer(
  reader: MetadataReader,
  namespace: string,
  { createdAt }: ExportManifest,
): Promise<void> {
  const mirror = await reader.mirror(namespace);
  if (mirror?.url.startsWith("urn:uuid:") !== true || mirror.contactAt === null) return;
  if (mirror.contactAt <= createdAt) return;
  throw new SkillsError(
    "EARCHIVE",
    `the export is of ${createdAt}, and @${namespace} is that of ${mirror.contactAt}`,
    {
      hint: "Nothing was changed. An older export would take back what came since.",
    },
  );
}

interface Run {
  archive: ExportArchive;
  skills: SkillImport;
  done: Imported;
}

async function importSkills(work: Importing, { archive, skills, done }: Run): Promise<void> {
  const known = await knownRevs(work, archive.manifest);
  let count = 0;
  for await (const skill of archive.skills()) {
    const { full } = skill.name;
    if (known.get(full) !== skill.rev) await tryOne(skills, done, skill);
    known.delete(full);
    count += 1;
    if (count % PROGRESS_EVERY === 0) work.progress(`${count} skills are brought in\n`);
  }
  for (const name of known.keys()) await leave(skills, done, name);
}

/** Of the skills that were brought in before. */
async function knownRevs(
  { parts: { metadata } }: Importing,
  { namespaces }: ExportManifest,
): Promise<Map<string, string>> {
  const revs = new Map<string, string>();
  for (const namespace of namespaces) {
    for (const { name, rev } of await metadata.mirroredSkills(namespace)) revs.set(name, rev);
  }
  return revs;
}

async function tryOne(skills: SkillImport, done: Imported, skill: ExportedSkill): Promise<void> {
  try {
    done.versions += await importSkill(skills, skill);
    done.skills += 1;
  } catch (error) {
    if (!(error instanceof SkillsError) || error.code === "EARCHIVE") throw error;
    done.refused.push({ skill: skill.name.full, reason: reasonOf(error) });
  }
}

function reasonOf({ message, issues }: SkillsError): string {
  const rules = [...new Set(issues.filter(isError).map(({ code }) => code))];
  return printable(rules.length === 0 ? message : `${message}: ${rules.join(", ")}`);
}

/** Its registry has the skill no more, or under another name. */
async function leave(skills: SkillImport, done: Imported, full: string): Promise<void> {
  const { metadata } = skills.parts;
  const [name, found] = [parsePackageName(full), await metadata.package(full)];
  if (name !== undefined && found !== undefined) {
    const { visibility } = found;
    await tryOne(skills, done, { name, visibility, rev: "", versions: [], withdrawn: [], tags: {} });
  }
  await metadata.transaction(async (tx) => await tx.deleteMirroredSkill(full));
}

async function noteState({ parts }: Importing, manifest: ExportManifest, done: Imported): Promise<void> {
  const [first] = done.refused;
  const at = parts.now().toISOString();
  const failure = first === undefined ? null : { at, message: `${first.skill}: ${first.reason}` };
  await parts.metadata.transaction(async (tx) => {
    for (const namespace of manifest.namespaces) {
      const mirror = await tx.mirror(namespace);
      if (mirror === undefined) continue;
      const contactAt = failure === null ? manifest.createdAt : mirror.contactAt;
      await tx.putMirror({ ...mirror, contactAt, failure, behind: done.refused.length });
    }
  });
}

import { SkillsError, statusOf } from "@skills-registry/schema";
import type { Mirror } from "../store/mirrors.ts";
import { type Copying, copySkill, removeSkill } from "./copy-skill.ts";
import { eachOf } from "./each.ts";
import { moveCopy } from "./move-copy.ts";
import { planNamespace } from "./plan.ts";
import type { Revision } from "./upstream-documents.ts";
import { UpstreamError } from "./upstream-error.ts";

/** Skills that are copied at a time: they share the way there, and one of them may need 50 MB here. */
const SKILLS_AT_ONCE = 4;

/** What one round did to a namespace. */
export interface NamespaceReport {
  namespace: string;
  /** Skills that were copied, or copied again. */
  copied: number;
  /** Skills that are there no more, or are called otherwise. */
  gone: number;
  /** Skills that are still to be followed. */
  behind: number;
  /** Why that is so, in one line; null when nothing is wrong. */
  failure: string | null;
}

/** A namespace between the two halves of a round. */
export interface Look {
  report: NamespaceReport;
  /** Of the list; null when it changed while it was read. */
  etag: string | null;
  changed: Revision[];
}

/**
 * First half: asks what there is, and follows the skills that are there no more. Before anything is copied, so that what moved keeps its
 * downloads and likes and is not taken for a new skill. Throws UpstreamError.
 */
export async function lookAt(copying: Copying, mirror: Mirror): Promise<Look> {
  const { namespace } = mirror;
  const report: NamespaceReport = { namespace, copied: 0, gone: 0, behind: 0, failure: null };
  const list = await copying.upstream.revisions(namespace, copying.again ? null : mirror.etag);
  if (list === "unchanged") return { report, etag: mirror.etag, changed: [] };
  if (list === "moved") throw movedAway(namespace);
  const plan = planNamespace(list.skills, await copying.parts.metadata.mirroredSkills(namespace));
  const changed = copying.again ? list.skills : plan.changed;
  report.behind = plan.gone.length + changed.length;
  for (const name of plan.gone) {
    if (await attempt(report, name, async () => await leave(copying, name))) report.gone += 1;
  }
  return { report, etag: list.etag, changed };
}

function movedAway(namespace: string): UpstreamError {
  return new UpstreamError(
    `@${namespace} is called otherwise at upstream: ask there, and name the new namespace in skills.upstream`,
  );
}

/**
 * Second half: copies what changed. What one skill's answer lacks leaves that skill as it is; the others go on. Everything that is
 * copied stays, whatever comes after it. Throws UpstreamError when the registry cannot be asked any more.
 */
export async function bringUp(copying: Copying, { report, etag, changed }: Look): Promise<NamespaceReport> {
  try {
    await eachOf(changed, SKILLS_AT_ONCE, async (revision) => {
      copying.signal.throwIfAborted();
      const copy = async (): Promise<boolean> => await copySkill(copying, revision);
      if (await attempt(report, revision.name, copy)) report.copied += 1;
    });
  } catch (error) {
    if (!copying.signal.aborted) await note(copying, { ...report, failure: messageOf(error) }, null);
    throw error;
  }
  const failure = report.failure ?? (report.behind === 0 ? null : "skills changed while they were copied");
  const done = { ...report, failure };
  await note(copying, done, etag);
  return done;
}

/** True when the work was done. What is wrong with one skill is put into the report. */
async function attempt(
  report: NamespaceReport,
  skill: string,
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const isDone = await work();
    if (isDone) report.behind -= 1;
    return isDone;
  } catch (error) {
    if (!isOfOneSkill(error)) throw error;
    report.failure ??= `${skill}: ${error.message}`;
    return false;
  }
}

function isOfOneSkill(error: unknown): error is Error {
  if (error instanceof UpstreamError) return !error.isAway;
  return error instanceof SkillsError && statusOf(error.code) < 500;
}

/** Follows a skill to its new name, or takes the copy away. False when it is there after all: it came back meanwhile. */
async function leave(copying: Copying, name: string): Promise<boolean> {
  const found = await copying.upstream.packument(name);
  if (found.is === "there") return false;
  const { parts, url } = copying;
  if (found.is === "moved" && (await moveCopy(parts, { from: name, to: found.to, url }))) return true;
  await removeSkill(copying, name, found.is === "gone" ? found.withdrawn : null);
  return true;
}

/** Writes down how far the round came. The etag is kept only when all of its list is copied: then it stands for the copy. */
async function note(
  { parts, url }: Pick<Copying, "parts" | "url">,
  { namespace, behind, failure: message }: NamespaceReport,
  etag: string | null,
): Promise<void> {
  const at = parts.now().toISOString();
  await parts.metadata.transaction(async (tx) => {
    const mirror = await tx.mirror(namespace);
    if (mirror?.url !== url) return;
    await tx.putMirror(
      message === null
        ? { ...mirror, etag, behind, contactAt: at, failure: null }
        : { ...mirror, etag: null, behind, failure: { at, message } },
    );
  });
}

/** A fault of our own is in the log with all it says; here is what an operator looks for. */
function messageOf(error: unknown): string {
  return error instanceof UpstreamError ? error.message : "the registry failed; its log says why";
}

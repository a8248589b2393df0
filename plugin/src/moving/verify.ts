import { indexPackage, reindex } from "../registry/reindex.ts";
import { verifyAudit } from "../registry/audit-chain.ts";
import type { Parts } from "../registry/parts.ts";
import { sweep } from "../registry/sweep.ts";
import type { Digest } from "../store/blobs.ts";
import type { Metadata, Package } from "../store/metadata.ts";
import type { PublicKey } from "./bring-in.ts";
import { checkPackage, type CheckedPackage, type Problem } from "./verify-package.ts";
import { intactBlob } from "./wanted-blobs.ts";

/** Skills that are read at a time. */
const BATCH = 100;
/** Tarballs that are read at a time. */
const AT_ONCE = 4;
/** Versions between two lines of progress. */
const PROGRESS_EVERY = 1_000;
/** Younger tarballs may belong to a publish that is going on. */
const GRACE_MS = 60 * 60 * 1000;

export interface Verifying {
  parts: Pick<Parts, "metadata" | "blobs" | "nodes" | "now">;
  /** Tarballs are looked for, and their size is looked at; their bytes are not read. */
  fast: boolean;
  /** Sweeps orphans, and indexes what search does not show. */
  repair: boolean;
  progress(text: string): void;
}

export interface Verdict {
  skills: number;
  versions: number;
  problems: Problem[];
  /** Tarballs that no version needs, older than an hour. */
  orphans: { digests: Digest[]; bytes: number };
  /** Absent unless it was asked for. */
  repaired?: { swept: number; indexed: number };
}

/**
 * Holds everything that a registry is against everything else, while it goes on working: tarballs, signatures, tags, search, the audit
 * log. What is wrong with a tarball is never repaired: only its publisher has the bytes.
 */
export async function verify({ parts, fast, repair, progress }: Verifying): Promise<Verdict> {
  const { metadata } = parts;
  const stored = await storedBlobs(parts);
  const work: Walk = { parts, fast, progress, stored, keysFor: await keysOf(metadata), sound: new Set() };
  const walked = await walk(work);
  const problems = [...walked.problems, ...(await auditProblems(metadata))];
  const orphans = orphansOf(stored, walked.needed, parts.now());
  const result = { skills: walked.skills, versions: walked.versions, orphans };
  if (!repair) return { ...result, problems };
  const indexed = await repairSearch(parts, problems);
  const swept = await sweep(parts);
  const left = problems.filter(({ kind }) => kind !== "search");
  return { ...result, problems: left, repaired: { swept, indexed } };
}

type Stored = Map<Digest, { size: number; putAt: Date }>;

async function storedBlobs({ blobs }: Verifying["parts"]): Promise<Stored> {
  const stored: Stored = new Map();
  for await (const { digest, size, putAt } of blobs.list()) stored.set(digest, { size, putAt });
  return stored;
}

/** Keys that may have signed what a namespace holds: those of the registry that it is of, and no others that are believed here. */
type KeysFor = (namespace: string) => PublicKey[];

async function keysOf(metadata: Metadata): Promise<KeysFor> {
  const own = await metadata.signingKey();
  const origins = new Map((await metadata.mirrors()).map(({ namespace, url }) => [namespace, url]));
  const foreign = await metadata.mirrorKeys();
  return (namespace) => {
    const origin = origins.get(namespace);
    if (origin === undefined) return own === undefined ? [] : [own];
    return foreign.filter(({ url }) => url === origin);
  };
}

interface Walk extends Pick<Verifying, "parts" | "fast" | "progress"> {
  stored: Stored;
  keysFor: KeysFor;
  /** Tarballs that were found to be right: several versions may have the same. */
  sound: Set<Digest>;
}

interface Walked {
  skills: number;
  versions: number;
  problems: Problem[];
  needed: Set<Digest>;
}

async function walk(work: Walk): Promise<Walked> {
  const { metadata } = work.parts;
  const walked: Walked = { skills: 0, versions: 0, problems: [], needed: new Set() };
  let after = 0;
  for (;;) {
    const batch = await metadata.packagesAfter(after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return walked;
    const documents = await metadata.searchDocuments(after, BATCH);
    const indexed = new Map(documents.map(({ packageId, version }) => [packageId, version]));
    for (const found of batch) await walkPackage(work, { found, indexed: indexed.get(found.id), walked });
    after = last.id;
  }
}

async function walkPackage(
  work: Walk,
  { found, indexed, walked }: { found: Package; indexed: string | undefined; walked: Walked },
): Promise<void> {
  const { parts, keysFor, progress } = work;
  const keys = keysFor(found.namespace);
  const { problems, needed } = await checkPackage(found, { metadata: parts.metadata, keys, indexed });
  walked.skills += 1;
  walked.problems.push(...problems);
  for (let at = 0; at < needed.length; at += AT_ONCE) {
    const some = needed.slice(at, at + AT_ONCE);
    const judged = await Promise.all(some.map(async (one) => await tarballProblem(work, one)));
    walked.problems.push(...judged.flat());
    for (const { digest } of some) walked.needed.add(digest);
    const before = Math.floor(walked.versions / PROGRESS_EVERY);
    walked.versions += some.length;
    if (Math.floor(walked.versions / PROGRESS_EVERY) > before)
      progress(`${walked.versions} versions are verified\n`);
  }
}

async function tarballProblem(
  { parts: { metadata, blobs }, fast, stored, sound }: Walk,
  { subject, digest, size }: CheckedPackage["needed"][number],
): Promise<Problem[]> {
  if (sound.has(digest)) return [];
  const known = stored.get(digest);
  const isRight =
    fast && known !== undefined ? known.size === size : (await intactBlob(blobs, digest, size)) !== undefined;
  if (isRight || (await isGone(metadata, subject))) {
    sound.add(digest);
    return [];
  }
  const problem = known === undefined ? "its tarball is missing" : "its tarball is damaged";
  return [{ kind: "tarball", subject, problem }];
}

/** Unpublished since it was read. */
async function isGone(metadata: Metadata, subject: string): Promise<boolean> {
  const at = subject.lastIndexOf("@");
  const found = await metadata.package(subject.slice(0, at));
  const version = found && (await metadata.version(found.id, subject.slice(at + 1)));
  return version === undefined || version.unpublishedAt !== null;
}

async function auditProblems(metadata: Metadata): Promise<Problem[]> {
  const verdict = await verifyAudit(metadata);
  return verdict.intact
    ? []
    : [{ kind: "audit", subject: `entry ${verdict.id} of the audit log`, problem: verdict.problem }];
}

function orphansOf(stored: Stored, needed: Set<Digest>, now: Date): Verdict["orphans"] {
  const before = new Date(now.getTime() - GRACE_MS);
  const orphans = Array.from(stored).filter(([digest, { putAt }]) => !needed.has(digest) && putAt < before);
  return {
    digests: orphans.map(([digest]) => digest),
    bytes: orphans.reduce((sum, [, { size }]) => sum + size, 0),
  };
}

async function repairSearch({ metadata, now }: Verifying["parts"], problems: Problem[]): Promise<number> {
  const names = problems.flatMap(({ kind, subject }) => (kind === "search" ? [subject] : []));
  if (await metadata.searchIsStale()) await reindex({ metadata, now });
  for (const name of names) {
    await metadata.transaction(async (tx) => {
      const found = await tx.package(name);
      if (found !== undefined) await indexPackage(tx, found);
    });
  }
  return names.length;
}

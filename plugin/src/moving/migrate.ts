import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { SkillsError } from "@skills-registry/schema";
import type { Config } from "../config.ts";
import { openBlobs, openMetadata, openStores, ownerOf, type Stores } from "../open-stores.ts";
import type { Metadata } from "../store/metadata.ts";
import { readerOf } from "./copy-blobs.ts";
import {
  copyRegistry,
  copyTarballs,
  indexTarget,
  type RegistryCopy,
  requireSame,
  type Target,
} from "./copy-registry.ts";
import { requireRegistry, requireStopped, sqliteFile } from "./running.ts";

/** A server ends a transaction in which nothing is asked: this often something is. In milliseconds. */
const BEAT_MS = 2_000;

export interface Migration {
  from: Config;
  to: Config;
  now: () => Date;
  progress(text: string): void;
}

export interface Migrated extends RegistryCopy {
  registry: string;
  /** Skills that were indexed anew. */
  skills: number;
  /** Where the key is that has to be copied by hand, and where it has to go; null where both configurations name the same file. */
  secretFile: { from: string; to: string } | null;
}

/**
 * Moves a registry to other stores. Nothing is changed in the old ones. Killed at any place and run again, it finishes. Throws
 * EBADREQUEST while the registry runs, and for a target that is used, ENOTFOUND where there is no registry, ESTORAGE for tarballs that
 * are damaged, and when the two are not the same in the end.
 */
export async function migrate({ from, to, now, progress }: Migration): Promise<Migrated> {
  requireDifferent(from, to);
  requireRegistry(from);
  await requireStopped(from);
  const source = await openStores(from);
  try {
    const { registry, database } = await ownerOf(source.metadata);
    return await withTarget(to, { registry, from: database }, async (target) => {
      const copy = await moveInto(source, target, progress);
      await indexTarget(target.metadata, now, progress);
      const { packages: skills } = await target.metadata.counts("everything");
      return { registry, ...copy, skills, secretFile: secretFiles(from, to) };
    });
  } finally {
    await source.nodes.close();
    await source.metadata.close();
    await source.blobs.close();
  }
}

/** Throws EUSAGE where there is nothing to move. */
function requireDifferent(from: Config, to: Config): void {
  const isSame =
    from.metadata.type === "sqlite" && to.metadata.type === "sqlite"
      ? sqliteFile(from) === sqliteFile(to)
      : from.metadata.type === to.metadata.type && isDeepStrictEqual(urlOf(from), urlOf(to));
  if (!isSame) return;
  throw new SkillsError("EUSAGE", "both configurations name the same database", {
    hint: "The one after --to has to name the stores to move to. Tarballs alone are moved by copying the folder or bucket.",
  });
}

function urlOf({ metadata }: Config): unknown {
  return metadata.type === "postgres" ? metadata.url : undefined;
}

/**
 * Opens the stores of the target, and claims its tarballs for the registry that is to come: the copy has its id. The bucket of the database
 * `from` is its own until the work is done. Throws EBADREQUEST for a target that another registry has used.
 */
export async function withTarget<T>(
  to: Config,
  { registry, from }: { registry: string; from?: string },
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const { metadata, nodes } = await openMetadata(to);
  try {
    await requireUnusedOr(metadata, registry);
    const blobs = await openBlobs(to, to.blobs);
    try {
      const owner = { registry, database: await metadata.databaseId() };
      await blobs.claim(owner, from === undefined ? undefined : { from, keep: true });
      const done = await work({ metadata, blobs });
      if (from !== undefined) await blobs.claim(owner, { from, keep: false });
      return done;
    } finally {
      await blobs.close();
    }
  } finally {
    await nodes.close();
    await metadata.close();
  }
}

async function requireUnusedOr(metadata: Metadata, registry: string): Promise<void> {
  const [used] = await metadata.used();
  if (used === undefined || (await metadata.registryId()) === registry) return;
  throw new SkillsError(
    "EBADREQUEST",
    `the target holds another registry: it has ${used.replaceAll("_", " ")}`,
    {
      hint: "Name a database and a folder or bucket that no registry was ever started with.",
    },
  );
}

async function moveInto(
  { metadata, blobs }: Stores,
  target: Target,
  progress: (text: string) => void,
): Promise<RegistryCopy> {
  const work = { metadata, read: readerOf(blobs), progress };
  const isThere = (await target.metadata.used()).length > 0;
  // Killed after the rows were there: what is left is to look, and to index.
  const ahead = await copyTarballs(work, target);
  const copy = isThere
    ? { ...ahead, rows: 0 }
    : await whileHeld(metadata, async () => await copyRegistry(work, target));
  progress("comparing both\n");
  await requireSame(metadata, target.metadata);
  return { ...copy, copied: ahead.copied + (isThere ? 0 : copy.copied), copiedBytes: ahead.copiedBytes };
}

/** Nobody writes to the database while the work is done: a node that was started meanwhile answers 503. */
async function whileHeld<T>(metadata: Metadata, work: () => Promise<T>): Promise<T> {
  let done: { result: T } | undefined;
  await metadata.transaction(async (tx) => {
    // A transaction that has to run again has lost its hold, which the comparison of both sides then finds out.
    if (done !== undefined) return;
    const beat = setInterval(() => void tx.registryId().catch(() => undefined), BEAT_MS);
    try {
      done = { result: await work() };
    } finally {
      clearInterval(beat);
    }
  });
  if (done === undefined) throw new Error("the transaction ended without its work");
  return done.result;
}

/** Where the key is that secrets in the database are encrypted with. */
export function secretFileOf({ secretFile, data }: Config): string {
  return secretFile ?? path.join(data, "secret.key");
}

function secretFiles(from: Config, to: Config): Migrated["secretFile"] {
  const files = { from: secretFileOf(from), to: secretFileOf(to) };
  return files.from === files.to ? null : files;
}

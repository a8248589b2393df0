import { SkillsError } from "@skills-registry/schema";
import type { Blobs, Digest } from "../store/blobs.ts";
import { intactBlob, type WantedBlobs } from "./wanted-blobs.ts";

/** Tarballs on their way at a time; each is in memory, some 10 MB at worst where the limits are those of the configuration. */
const AT_ONCE = 4;
/** Tarballs between two lines of progress. */
const PROGRESS_EVERY = 500;
/** Digests that an error lists. */
const LISTED = 5;

export interface Copying {
  /** Where tarballs come from; undefined for one that is missing or damaged there. */
  read(digest: Digest, size: number): Promise<Buffer | undefined>;
  to: Blobs;
  progress(text: string): void;
}

/** Reads from a store, each tarball verified. */
export function readerOf(blobs: Pick<Blobs, "open">): Copying["read"] {
  return async (digest, size) => await intactBlob(blobs, digest, size);
}

/**
 * Puts every wanted tarball that is not there yet into the store: work that was interrupted goes on where it was. Returns how many were
 * copied. Throws ESTORAGE naming those that are missing or damaged at the source, after all others have been copied.
 */
export async function copyBlobs(
  { read, to, progress }: Copying,
  wanted: WantedBlobs,
): Promise<{ copied: number; bytes: number }> {
  const missing = await withoutPresent(to, wanted);
  const queue = missing.entries();
  const damaged: Digest[] = [];
  const done = { copied: 0, bytes: 0 };
  const work = async (): Promise<void> => {
    for (const [digest, size] of queue) {
      const bytes = await read(digest, size);
      if (bytes === undefined) damaged.push(digest);
      else {
        await to.put(digest, bytes);
        done.bytes += size;
        done.copied += 1;
        if (done.copied % PROGRESS_EVERY === 0)
          progress(`${done.copied} of ${missing.size} tarballs are copied\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (damaged.length > 0) throw damagedBlobs(damaged);
  return done;
}

/** One of another size is damaged, and is put again. */
async function withoutPresent(to: Blobs, wanted: WantedBlobs): Promise<WantedBlobs> {
  const missing = new Map(wanted);
  for await (const { digest, size } of to.list()) if (wanted.get(digest) === size) missing.delete(digest);
  return missing;
}

function damagedBlobs(damaged: Digest[]): SkillsError {
  const count = damaged.length === 1 ? "1 tarball is" : `${damaged.length} tarballs are`;
  const listed = damaged.slice(0, LISTED).map((digest) => `${digest.slice(0, 16)}…`);
  return new SkillsError("ESTORAGE", `${count} missing or damaged at the source: ${listed.join(", ")}`, {
    hint: "skills-registry verify names their versions. Publishing the same bytes again brings one back; unpublishing the version ends the need for it.",
  });
}

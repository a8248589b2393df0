import { SkillsError } from "@skills-registry/schema";
import { type Blobs, DamagedBlob, type Digest } from "../store/blobs.ts";
import { digestOf, digestOfIntegrity } from "../store/digest.ts";
import type { DumpedRow } from "../store/metadata.ts";

/** Bytes of each tarball that the versions of a dump need; those of unpublished versions are needed no more. */
export type WantedBlobs = Map<Digest, number>;

/** Notes the tarball that a row needs, if it is that of a version. Throws for a version whose integrity is none. */
export function noteWanted(wanted: WantedBlobs, { table, row }: DumpedRow): void {
  if (table !== "versions" || row["unpublished_at"] !== null) return;
  const { integrity, size } = row;
  if (typeof integrity !== "string" || typeof size !== "number") throw new TypeError("not a row of versions");
  wanted.set(digestOfIntegrity(integrity), size);
}

/** The whole tarball; undefined when it is missing, or is not the bytes that its digest names. */
export async function intactBlob(
  blobs: Pick<Blobs, "open">,
  digest: Digest,
  size: number,
): Promise<Buffer | undefined> {
  try {
    return await readIntact(blobs, digest, size);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** Some stores look at the bytes before they give them out, or at the end. */
function isDamage(error: unknown): boolean {
  return error instanceof DamagedBlob || (error instanceof SkillsError && error.cause instanceof DamagedBlob);
}

async function readIntact(
  blobs: Pick<Blobs, "open">,
  digest: Digest,
  size: number,
): Promise<Buffer | undefined> {
  const blob = await blobs.open(digest);
  if (blob === undefined) return undefined;
  if (blob.size !== size) {
    blob.stream.destroy();
    return undefined;
  }
  const bytes = await readAll(blob.stream, size).catch((error: unknown) => {
    if (error instanceof WrongSize) return undefined;
    throw error;
  });
  return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
}

class WrongSize extends Error {}

async function readAll(stream: AsyncIterable<Buffer>, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of stream) {
    read += chunk.length;
    if (read > size) throw new WrongSize();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

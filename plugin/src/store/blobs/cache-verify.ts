import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { DamagedBlob, type Digest, type OpenBlob } from "../blobs.ts";

/** Bytes in a millisecond below which a transfer is given up, however often it sends one more. */
const SLOWEST_PER_MS = 32;

/** The connection broke before all bytes had come, which says nothing about those that the store has. */
export class CutBlob extends Error {}

/** The store stopped sending, or sent too slowly to wait for. */
export class SlowBlob extends Error {}

/**
 * The bytes of a blob, piece by piece. Ends only when they are those of the digest: whoever uses the last piece after the end has
 * proved them. Throws DamagedBlob, CutBlob or SlowBlob. `patienceMs` is for what takes as long whatever the size.
 */
export async function* verified(
  digest: Digest,
  { size, stream }: OpenBlob,
  patienceMs: number,
): AsyncGenerator<Buffer, void> {
  const until = performance.now() + patienceMs + size / SLOWEST_PER_MS;
  const hash = createHash("sha512");
  let received = 0;
  for await (const piece of pieces(stream, () => `after ${received} of ${size} bytes`)) {
    hash.update(piece);
    received += piece.length;
    if (received > size) throw new DamagedBlob(`more than ${size} bytes came of ${digest}`);
    if (performance.now() > until) throw new SlowBlob(`too slow: ${received} of ${size} bytes of ${digest}`);
    yield piece;
  }
  if (received < size) throw new DamagedBlob(`${received} of ${size} bytes came of ${digest}`);
  if (hash.digest("hex") !== digest) throw new DamagedBlob(`the bytes that came are not those of ${digest}`);
}

async function* pieces(stream: Readable, place: () => string): AsyncGenerator<Buffer, void> {
  try {
    for await (const piece of stream) yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
  } catch (error) {
    const isSilent = error instanceof Error && error.name === "TimeoutError";
    if (isSilent) throw new SlowBlob(`the server fell silent ${place()}`, { cause: error });
    throw new CutBlob(`the connection broke ${place()}`, { cause: error });
  }
}

/** The whole blob at once; for those that fit into memory. */
export async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(pieces));
}

import { notCached } from "./ask.ts";
import { keep, readContent } from "./disk-cache.ts";
import { integrityError, sha512Of } from "./integrity.ts";
import { requestBytes, type NpmOptions } from "./npm.ts";

export interface TarballSource {
  /** `@acme/x@1.0.0`, for messages. */
  id: string;
  url: string;
  /** One whole sha512 digest as SRI. */
  integrity: string;
  /** Bytes that it has at most. */
  limit: number;
}

/**
 * The bytes of a tarball: out of npm's cache where they are, else from the registry, and into the cache then. Throws
 * EINTEGRITY for other bytes than the integrity means, ENOTCACHED when it is not there and the network is not to be used,
 * ESKILLTOOLARGE for more than `limit`.
 */
export async function fetchTarball(source: TarballSource, options: NpmOptions): Promise<Uint8Array> {
  const { id, url, integrity, limit } = source;
  const kept = await readContent(options.cacheFolder, integrity, limit);
  if (kept !== undefined) return kept;
  if (options.offline) throw notCached(`the tarball of ${id}`);
  const { bytes } = await requestBytes(url, limit, { ...options, label: id });
  if (sha512Of(bytes) !== integrity)
    throw integrityError(`${id} came with other bytes than its integrity means`);
  options.later(() => keep(options.cacheFolder, keyOf(url), { bytes, metadata: { id } }));
  return bytes;
}

/** Without the query: where a registry sends to a signed address, it is a credential. */
function keyOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `skills:tarball:${origin}${pathname}`;
}

import { SkillsError } from "@skills-registry/schema/basics";
import { isStatus } from "./answer.ts";
import { labelOf, notCached } from "./ask.ts";
import { findKept, forget, keep, type Kept } from "./disk-cache.ts";
import { sha512Of } from "./integrity.ts";
import { ANSWER_MAX, accountOf, parseJson, requestBytes, type NpmOptions } from "./npm.ts";

/**
 * An answer of the registry, parsed. It is asked for each time, with the ETag of what the cache has of it, and what comes
 * goes into the cache; offline, or when the user prefers it so, the cache answers. What one login was answered about a
 * skill is never shown to another: their keys differ. What does not parse is neither kept nor believed. Throws ENOTCACHED for what is not there and must not be asked for.
 */
export async function requestKept<T>(
  path: string,
  options: NpmOptions,
  parse: (answer: unknown) => T,
): Promise<T> {
  const key = await keyOf(path, options);
  const known = readable(await findKept(options.cacheFolder, key, ANSWER_MAX), parse);
  if (known !== undefined && (options.offline || options.preferOffline)) return known.value;
  if (options.offline) throw missing(path, options);
  try {
    return await revalidate(path, { key, known, parse }, options);
  } catch (error) {
    // It is gone, or is so for this login.
    if (known !== undefined && isStatus(error, 404)) options.later(() => forget(options.cacheFolder, key));
    throw error;
  }
}

/** An answer in the cache that parses. */
interface Known<T> {
  value: T;
  integrity: string;
  etag: string | undefined;
}

interface Wanted<T> {
  key: string;
  known: Known<T> | undefined;
  parse: (answer: unknown) => T;
}

async function revalidate<T>(
  path: string,
  { key, known, parse }: Wanted<T>,
  options: NpmOptions,
): Promise<T> {
  // Keys are asked for anew: whoever got forged ones into the cache once could have named the ETag of the true ones.
  const etagOfSkill = labelOf(path) === undefined ? undefined : known?.etag;
  const headers = etagOfSkill === undefined ? {} : { "if-none-match": etagOfSkill };
  const { status, bytes, etag } = await requestBytes(path, ANSWER_MAX, { ...options, headers });
  if (status === 304 && known !== undefined && etagOfSkill !== undefined) return known.value;
  const value = parse(parseJson(bytes, path, options));
  if (known?.integrity !== sha512Of(bytes) || known.etag !== etag)
    options.later(() => keep(options.cacheFolder, key, { bytes, metadata: { etag } }));
  return value;
}

function readable<T>(kept: Kept | undefined, parse: Wanted<T>["parse"]): Known<T> | undefined {
  if (kept === undefined) return undefined;
  const { bytes, integrity, metadata } = kept;
  const { etag } = Object(metadata);
  try {
    const value = parse(JSON.parse(Buffer.from(bytes).toString()));
    return { value, integrity, etag: typeof etag === "string" ? etag : undefined };
  } catch {
    return undefined;
  }
}

async function keyOf(path: string, options: NpmOptions): Promise<string> {
  const whose = labelOf(path) === undefined ? "everybody" : await accountOf(options);
  return `skills:answer:${whose}:${options.registry.replace(/\/?$/, "/")}${path}`;
}

/** Without the registry's keys there cannot be a skill of it, for they are fetched with each. */
function missing(path: string, { registry }: NpmOptions): SkillsError {
  const label = labelOf(path);
  if (label !== undefined) return notCached(label);
  return new SkillsError(
    "ENOTCACHED",
    `nothing of ${registry} is in the cache, and the network is not to be used`,
  );
}

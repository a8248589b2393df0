import type { ResolvedVersion } from "../../registry/resolve-version.ts";

/** Readers may keep the answer but ask before they use it. */
const REVALIDATE = "no-cache";
/** A published version never changes. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * Caching of an answer that is made from versions and nothing else. An address that names them by number always means the
 * same; tags and ranges move. The tag of the answer is made of the versions' content.
 */
export function versionedHeaders(versions: ResolvedVersion[]): { "cache-control": string; etag: string } {
  const isFixed = versions.every(({ exact }) => exact);
  return {
    "cache-control": isFixed ? IMMUTABLE : REVALIDATE,
    etag: `"${versions.map(({ version }) => version.integrity).join(".")}"`,
  };
}

import type { ResolvedVersion } from "../../registry/resolve-version.ts";
import { immutable } from "../caching.ts";

/** Readers may keep the answer but ask before they use it. */
const REVALIDATE = "no-cache";

/**
 * Caching of an answer that is made from versions and nothing else. An address that names them by number always means the
 * same; tags and ranges move. The tag of the answer is made of the versions' content.
 */
export function versionedHeaders(versions: ResolvedVersion[]): { "cache-control": string; etag: string } {
  const isFixed = versions.every(({ exact }) => exact);
  const isPublic = versions.every(({ package: { visibility } }) => visibility === "public");
  return {
    "cache-control": isFixed ? immutable(isPublic ? "public" : "restricted") : REVALIDATE,
    etag: `"${versions.map(({ version }) => version.integrity).join(".")}"`,
  };
}

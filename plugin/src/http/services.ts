import type { Parts } from "../registry/parts.ts";
import type { PackumentCache } from "./npm/packument-cache.ts";

/** What handlers work with: the domain's parts and the cache of serialised answers. */
export interface Services {
  parts: Parts;
  packuments: PackumentCache;
}

import { type RawBuilder, sql } from "kysely";

/** Of a row of `versions`: people can have it. Tombstones and quarantined versions are not live; the index `versions_live` has the same. */
export const LIVE: RawBuilder<boolean> = sql.raw("unpublished_at is null and quarantined_at is null");

import type { Insertable, Kysely } from "kysely";
import type { Quarantine, Version, VersionSummary } from "../metadata.ts";
import { toQuarantine, toVersionSummary } from "./rows.ts";
import type { Database, VersionTable } from "./schema.ts";

/** Versions and their tombstones. */

type Db = Kysely<Database>;

/** Rows fetched at once by `integrities`: some 100 KB. */
const PAGE_ROWS = 1_000;

/** Without the readme, which can be larger than all the rest. */
const SUMMARY_COLUMNS = [
  "package_id",
  "version",
  "published_at",
  "publisher",
  "integrity",
  "shasum",
  "size",
  "unpacked_size",
  "file_count",
  "has_scripts",
  "keyid",
  "sig",
  "deprecated",
  "unpublished_at",
  "published_as",
  "quarantined_at",
  "quarantine_reason",
  "quarantine_tags",
  "provenance",
  "warnings",
  "manifest",
] as const;

export async function versions(db: Db, packageId: number): Promise<VersionSummary[]> {
  const rows = await db
    .selectFrom("versions")
    .select(SUMMARY_COLUMNS)
    .where("package_id", "=", packageId)
    .orderBy("published_at")
    .orderBy("id")
    .execute();
  return rows.map(toVersionSummary);
}

export async function version(db: Db, packageId: number, version: string): Promise<Version | undefined> {
  const row = await db
    .selectFrom("versions")
    .select(SUMMARY_COLUMNS)
    .select("readme")
    .where("package_id", "=", packageId)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && { ...toVersionSummary(row), readme: row.readme };
}

export async function quarantined(
  db: Db,
): Promise<{ name: string; version: string; quarantine: Quarantine }[]> {
  const rows = await db
    .selectFrom("versions")
    .innerJoin("packages", "packages.id", "versions.package_id")
    .select(["packages.name", "versions.version", "quarantined_at", "quarantine_reason", "quarantine_tags"])
    .where("quarantined_at", "is not", null)
    .orderBy("quarantined_at", "desc")
    .orderBy("packages.name")
    .orderBy("versions.version")
    .execute();
  return rows.flatMap(({ name, version, ...row }) => {
    const quarantine = toQuarantine(row);
    return quarantine === null ? [] : [{ name, version, quarantine }];
  });
}

/** Page by page, so that a slow consumer holds neither the connection nor a snapshot. */
export async function* integrities(db: Db): AsyncIterable<string> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom("versions")
      .select(["id", "integrity"])
      .where("id", ">", after)
      .where("unpublished_at", "is", null)
      .orderBy("id")
      .limit(PAGE_ROWS)
      .execute();
    for (const row of rows) yield row.integrity;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** A live version makes the insert fail; a tombstone gives way, and its successor is found by a running `integrities`. */
export async function putVersion(db: Db, packageId: number, version: Version): Promise<void> {
  await db
    .deleteFrom("versions")
    .where("package_id", "=", packageId)
    .where("version", "=", version.version)
    .where("unpublished_at", "is not", null)
    .execute();
  await db.insertInto("versions").values(toRow(packageId, version)).execute();
}

export async function setDeprecated(
  db: Db,
  { packageId, version, message }: { packageId: number; version: string; message: string | null },
): Promise<void> {
  await db
    .updateTable("versions")
    .set({ deprecated: message })
    .where("package_id", "=", packageId)
    .where("version", "=", version)
    .execute();
}

export async function buryVersion(
  db: Db,
  { packageId, version, at }: { packageId: number; version: string; at: string },
): Promise<void> {
  await db
    .updateTable("versions")
    .set({ manifest: "{}", readme: "", warnings: "[]", unpublished_at: at })
    .where("package_id", "=", packageId)
    .where("version", "=", version)
    .execute();
}

export async function setSignature(
  db: Db,
  { packageId, version, signature }: { packageId: number } & Pick<Version, "version" | "signature">,
): Promise<void> {
  await db
    .updateTable("versions")
    .set({ keyid: signature.keyid, sig: signature.sig })
    .where("package_id", "=", packageId)
    .where("version", "=", version)
    .execute();
}

export async function setQuarantine(
  db: Db,
  { packageId, version, quarantine }: { packageId: number } & Pick<Version, "version" | "quarantine">,
): Promise<void> {
  await db
    .updateTable("versions")
    .set(toQuarantineColumns(quarantine))
    .where("package_id", "=", packageId)
    .where("version", "=", version)
    .execute();
}

function toRow(packageId: number, version: Version): Insertable<VersionTable> {
  return {
    package_id: packageId,
    version: version.version,
    published_at: version.publishedAt,
    publisher: version.publisher,
    integrity: version.integrity,
    shasum: version.shasum,
    size: version.size,
    unpacked_size: version.unpackedSize,
    file_count: version.fileCount,
    has_scripts: version.hasScripts,
    keyid: version.signature.keyid,
    sig: version.signature.sig,
    deprecated: version.deprecated,
    unpublished_at: version.unpublishedAt,
    published_as: version.publishedAs,
    ...toQuarantineColumns(version.quarantine),
    provenance: version.provenance && JSON.stringify(version.provenance),
    warnings: JSON.stringify(version.warnings),
    manifest: JSON.stringify(version.manifest),
    readme: version.readme,
  };
}

function toQuarantineColumns(
  quarantine: Version["quarantine"],
): Pick<Insertable<VersionTable>, "quarantined_at" | "quarantine_reason" | "quarantine_tags"> {
  return {
    quarantined_at: quarantine?.at ?? null,
    quarantine_reason: quarantine?.reason ?? null,
    quarantine_tags: quarantine && JSON.stringify(quarantine.tags),
  };
}

import { type Issue, ISSUE_TABLE, publishAnswer } from "@skills-registry/schema";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { AuditRecord, DistTag, Package, SigningKey, VersionSummary } from "../metadata.ts";
import { fromJson } from "./json.ts";
import { toProvenance, toVisibility } from "./rows-identity.ts";
import type * as tables from "./schema.ts";

const record = z.record(z.string(), z.unknown());
const anything = z.array(z.unknown());
const keptTags = z.array(z.object({ tag: z.string(), manual: z.boolean() }));
const issue = publishAnswer.shape.warnings.element;

export function toPackage(row: Selectable<tables.PackageTable>): Package {
  return {
    id: row.id,
    name: row.name,
    namespace: row.namespace,
    visibility: toVisibility(row.visibility),
    rev: row.rev,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}

export function toVersionSummary(
  row: Omit<Selectable<tables.VersionTable>, "id" | "readme">,
): VersionSummary {
  return {
    version: row.version,
    publishedAt: row.published_at,
    publisher: row.publisher,
    provenance: toProvenance(row.provenance),
    publishedAs: row.published_as,
    integrity: row.integrity,
    shasum: row.shasum,
    size: row.size,
    unpackedSize: row.unpacked_size,
    fileCount: row.file_count,
    hasScripts: Boolean(row.has_scripts),
    signature: { keyid: row.keyid, sig: row.sig },
    manifest: fromJson(record, row.manifest),
    warnings: toWarnings(row.warnings),
    deprecated: row.deprecated,
    unpublishedAt: row.unpublished_at,
    quarantine: toQuarantine(row),
  };
}

export function toQuarantine(
  row: Pick<Selectable<tables.VersionTable>, "quarantined_at" | "quarantine_reason" | "quarantine_tags">,
): VersionSummary["quarantine"] {
  const { quarantined_at: at, quarantine_reason: reason, quarantine_tags: tags } = row;
  return at === null ? null : { at, reason: reason ?? "", tags: fromJson(keptTags, tags ?? "[]") };
}

export function toDistTag(row: Selectable<tables.DistTagTable>): DistTag {
  return { tag: row.tag, version: row.version, manual: Boolean(row.manual) };
}

export function toSigningKey(row: Selectable<tables.SigningKeyTable>): SigningKey {
  return {
    keyid: row.keyid,
    publicKey: row.public_key,
    privateKey: row.private_key,
    createdAt: row.created_at,
  };
}

export function toAuditRecord(row: Selectable<tables.AuditTable>): AuditRecord {
  return {
    id: row.id,
    at: row.at,
    account: row.account,
    action: row.action,
    subject: row.subject,
    namespace: row.namespace,
    detail: fromJson(record, row.detail),
    address: row.address,
    hash: row.hash,
  };
}

/** Leaves out warnings whose rule a later release no longer has: they must not make a version unreadable. */
function toWarnings(text: string): Issue[] {
  return fromJson(anything, text).flatMap((warning) => {
    const parsed = issue.safeParse(warning);
    return parsed.success && Object.hasOwn(ISSUE_TABLE, parsed.data.code) ? [parsed.data] : [];
  });
}

import { type Issue, ISSUE_TABLE, publishAnswer } from "@skills-registry/schema";
import type { Selectable } from "kysely";
import { z } from "zod";
import type {
  Account,
  AuditEntry,
  DistTag,
  Package,
  SigningKey,
  Token,
  VersionSummary,
} from "../metadata.ts";
import type * as tables from "./schema.ts";

const strings = z.array(z.string());
const record = z.record(z.string(), z.unknown());
const anything = z.array(z.unknown());
const issue = publishAnswer.shape.warnings.element;

export function toAccount(row: Selectable<tables.AccountTable>): Account {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
  };
}

export function toToken(row: Selectable<tables.TokenTable>): Token {
  return {
    id: row.id,
    accountId: row.account_id,
    hash: row.hash,
    hint: row.hint,
    name: row.name,
    readonly: Boolean(row.readonly),
    cidr: fromJson(strings, row.cidr),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

export function toPackage(row: Selectable<tables.PackageTable>): Package {
  return {
    id: row.id,
    name: row.name,
    namespace: row.namespace,
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
  };
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

export function toAuditEntry(row: Selectable<tables.AuditTable>): AuditEntry {
  return {
    at: row.at,
    account: row.account,
    action: row.action,
    subject: row.subject,
    detail: fromJson(record, row.detail),
    address: row.address,
  };
}

/** Leaves out warnings whose rule a later release no longer has: they must not make a version unreadable. */
function toWarnings(text: string): Issue[] {
  return fromJson(anything, text).flatMap((warning) => {
    const parsed = issue.safeParse(warning);
    return parsed.success && Object.hasOwn(ISSUE_TABLE, parsed.data.code) ? [parsed.data] : [];
  });
}

function fromJson<T>(schema: z.ZodType<T>, text: string): T {
  return schema.parse(JSON.parse(text));
}

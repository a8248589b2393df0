import type { Selectable } from "kysely";
import { z } from "zod";
import {
  type Account,
  type Group,
  type GroupRole,
  type Identity,
  type LoginFlow,
  type Namespace,
  type Provenance,
  ROLES,
  type Role,
  TEAM_PERMISSIONS,
  type TeamPermission,
  type Token,
  type Trust,
  VISIBILITIES,
  type Visibility,
} from "../identity.ts";
import { fromJson } from "./json.ts";
import type * as tables from "./schema.ts";

const strings = z.array(z.string());
const record = z.record(z.string(), z.unknown());
const claims = z.record(z.string(), z.string());
const tokenKind = z.enum(["login", "session", "token", "publish"]);
const namespaceKind = z.enum(["personal", "org"]);
const role = z.enum(ROLES);
const visibility = z.enum(VISIBILITIES);
const teamPermission = z.enum(TEAM_PERMISSIONS);

const provenance: z.ZodType<Provenance> = z.object({
  issuer: z.string(),
  publisher: z.string(),
  repository: z.string().nullable(),
  commit: z.string().nullable(),
  ref: z.string().nullable(),
  workflow: z.string().nullable(),
  environment: z.string().nullable(),
  run: z.string().nullable(),
});

export function toAccount(row: Selectable<tables.AccountTable>): Account {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    passwordHash: row.password_hash === "" ? null : row.password_hash,
    operator: Boolean(row.operator),
    lockedAt: row.locked_at,
    createdAt: row.created_at,
  };
}

export function toToken(row: Selectable<tables.TokenTable>): Token {
  return {
    id: row.id,
    accountId: row.account_id,
    kind: tokenKind.parse(row.kind),
    hash: row.hash,
    hint: row.hint,
    name: row.name,
    readonly: Boolean(row.readonly),
    packages: fromJson(strings, row.packages),
    cidr: fromJson(strings, row.cidr),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    trustId: row.trust_id,
    provenance: toProvenance(row.provenance),
  };
}

export function toProvenance(text: string | null): Provenance | null {
  return text === null ? null : fromJson(provenance, text);
}

export function toIdentity(row: Selectable<tables.IdentityTable>, groups: Group[]): Identity {
  return {
    provider: row.provider,
    subject: row.subject,
    accountId: row.account_id,
    login: row.login,
    groups,
    groupsAt: row.groups_at,
    grant: row.grant,
    createdAt: row.created_at,
  };
}

export function toGroup(
  row: Pick<Selectable<tables.IdentityGroupTable>, "group_id" | "name" | "admin">,
): Group {
  return { id: row.group_id, name: row.name, admin: Boolean(row.admin) };
}

export function toNamespace(row: Omit<Selectable<tables.NamespaceTable>, "skeleton">): Namespace {
  return {
    name: row.name,
    kind: toNamespaceKind(row.kind),
    visibility: row.visibility === null ? null : toVisibility(row.visibility),
    movedTo: row.moved_to,
    createdAt: row.created_at,
  };
}

export function toNamespaceKind(text: string): Namespace["kind"] {
  return namespaceKind.parse(text);
}

export function toVisibility(text: string): Visibility {
  return visibility.parse(text);
}

export function toRole(text: string): Role {
  return role.parse(text);
}

export function toTeamPermission(text: string): TeamPermission {
  return teamPermission.parse(text);
}

export function toGroupRole(row: Selectable<tables.GroupRoleTable>): GroupRole {
  return { provider: row.provider, group: { id: row.group_id, name: row.name }, role: toRole(row.role) };
}

export function toTrust(row: Selectable<tables.TrustTable>): Trust {
  return {
    id: row.id,
    subject: row.subject,
    issuer: row.issuer,
    claims: fromJson(claims, row.claims),
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

export function toLoginFlow(row: Selectable<tables.LoginFlowTable>): LoginFlow {
  return { hash: row.hash, kind: row.kind, data: fromJson(record, row.data), expiresAt: row.expires_at };
}

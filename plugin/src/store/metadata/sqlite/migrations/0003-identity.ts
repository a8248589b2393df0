import { type Kysely, sql } from "kysely";
import { auditHash, FIRST_HASH } from "../../../audit-hash.ts";
import { skeleton } from "../../../../registry/names/skeleton.ts";

/** `''` in `password_hash` stands for none: SQLite cannot take `not null` from a column that others refer to. */
const ACCOUNTS = [
  `alter table accounts add column operator integer not null default 0`,
  `alter table accounts add column locked_at text`,

  `create table identities (
    provider text not null,
    subject text not null,
    account_id integer not null references accounts (id) on delete cascade,
    login text not null,
    groups_at text not null,
    "grant" text,
    created_at text not null,
    primary key (provider, subject)
  ) strict, without rowid`,
  `create index identities_account on identities (account_id)`,
  `create table identity_groups (
    provider text not null,
    subject text not null,
    group_id text not null,
    name text not null,
    admin integer not null,
    primary key (provider, subject, group_id),
    foreign key (provider, subject) references identities (provider, subject) on delete cascade
  ) strict, without rowid`,

  `create table login_flows (
    hash text not null primary key,
    kind text not null,
    data text not null,
    expires_at text not null
  ) strict, without rowid`,
  `create index login_flows_expires on login_flows (expires_at)`,
];

const NAMESPACES = [
  `create table namespaces (
    name text not null primary key,
    skeleton text not null,
    kind text not null,
    visibility text,
    moved_to text,
    created_at text not null
  ) strict, without rowid`,
  `create index namespaces_skeleton on namespaces (length(skeleton))`,
  `create table members (
    namespace text not null references namespaces (name) on update cascade,
    account_id integer not null references accounts (id) on delete cascade,
    role text not null,
    primary key (namespace, account_id)
  ) strict, without rowid`,
  `create index members_account on members (account_id)`,
  `create table group_roles (
    namespace text not null references namespaces (name) on update cascade,
    provider text not null,
    group_id text not null,
    name text not null,
    role text not null,
    primary key (namespace, provider, group_id)
  ) strict, without rowid`,
  `create index group_roles_group on group_roles (provider, group_id)`,

  `create table teams (
    id integer primary key,
    namespace text not null references namespaces (name) on update cascade,
    name text not null,
    unique (namespace, name)
  ) strict`,
  `create table team_members (
    team_id integer not null references teams (id) on delete cascade,
    account_id integer not null references accounts (id) on delete cascade,
    primary key (team_id, account_id)
  ) strict, without rowid`,
  `create index team_members_account on team_members (account_id)`,
  `create table team_packages (
    team_id integer not null references teams (id) on delete cascade,
    package_id integer not null references packages (id) on delete cascade,
    permission text not null,
    primary key (team_id, package_id)
  ) strict, without rowid`,
  `create index team_packages_package on team_packages (package_id)`,

  `create table package_owners (
    package_id integer not null references packages (id) on delete cascade,
    account_id integer not null references accounts (id) on delete cascade,
    primary key (package_id, account_id)
  ) strict, without rowid`,
  `create index package_owners_account on package_owners (account_id)`,
  `create table moved_packages (
    name text not null primary key,
    package_id integer not null references packages (id) on delete cascade
  ) strict, without rowid`,
  `create table reserved_names (name text not null primary key) strict, without rowid`,

  `alter table packages add column visibility text not null default 'public'`,
  `create index packages_restricted on packages (namespace) where visibility = 'restricted'`,
  `alter table versions add column published_as text`,
  `alter table versions add column quarantined_at text`,
  `alter table versions add column quarantine_reason text`,
  `alter table versions add column quarantine_tags text`,
  `alter table versions add column provenance text`,
  // As in 0002, with what takes the place of a tombstone for readers.
  `drop index versions_live`,
  `create index versions_live on versions (package_id, size, unpublished_at, quarantined_at)
    where unpublished_at is null and quarantined_at is null`,
  `create index versions_quarantined on versions (quarantined_at) where quarantined_at is not null`,
  `alter table downloads_by_day add column restricted integer not null default 0`,
];

/** Tokens of CI belong to no account. Nothing refers to a token, so the table can be made anew. */
const TOKENS = [
  `create table trusts (
    id text not null primary key,
    subject text not null,
    issuer text not null,
    claims text not null,
    created_by text not null,
    created_at text not null
  ) strict, without rowid`,
  `create index trusts_subject on trusts (subject)`,
  `create table used_jtis (
    issuer text not null,
    jti text not null,
    expires_at text not null,
    primary key (issuer, jti)
  ) strict, without rowid`,
  `create index used_jtis_expires on used_jtis (expires_at)`,

  `create table new_tokens (
    id text not null primary key,
    account_id integer references accounts (id) on delete cascade,
    kind text not null,
    hash text not null unique,
    hint text not null,
    name text,
    readonly integer not null,
    packages text not null,
    cidr text not null,
    created_at text not null,
    expires_at text,
    last_used_at text,
    trust_id text references trusts (id) on delete cascade,
    provenance text
  ) strict`,
  `insert into new_tokens
    select id, account_id,
      case name when 'web session' then 'session' when 'login' then 'login' else 'token' end,
      hash, hint, name, readonly, '[]', cidr, created_at, expires_at, null, null, null
    from tokens`,
  `drop table tokens`,
  `alter table new_tokens rename to tokens`,
  `create index tokens_account on tokens (account_id)`,
  `create index tokens_trust on tokens (trust_id)`,
  `create index tokens_expires on tokens (expires_at)`,
];

const AUDIT = [
  `alter table audit add column namespace text`,
  `alter table audit add column hash text not null default ''`,
  `create index audit_namespace on audit (namespace, id)`,
];

/** Whoever gets at the connection can drop them; they stop mistakes, the chain of hashes shows the rest. */
const APPEND_ONLY = ["update", "delete"].map(
  (verb) => `create trigger audit_no_${verb} before ${verb} on audit
    begin select raise(abort, 'the audit log is append-only'); end`,
);

export async function up(db: Kysely<unknown>): Promise<void> {
  await run(db, [...ACCOUNTS, ...NAMESPACES, ...TOKENS, ...AUDIT]);
  await addPersonalNamespaces(db);
  await chainAudit(db);
  await run(db, APPEND_ONLY);
}

async function run(db: Kysely<unknown>, statements: string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Until now every account published to its own name, and only there. */
async function addPersonalNamespaces(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: number; name: string; created_at: string }>`
    select id, name, created_at from accounts`.execute(db);
  for (const { id, name, created_at } of rows) {
    await sql`insert into namespaces (name, skeleton, kind, created_at)
      values (${name}, ${skeleton(name)}, 'personal', ${created_at})`.execute(db);
    await sql`insert into members (namespace, account_id, role) values (${name}, ${id}, 'owner')`.execute(db);
  }
}

interface AuditRow {
  id: number;
  at: string;
  account: string | null;
  action: string;
  subject: string;
  detail: string;
  address: string;
}

/** Older entries get their namespace and their place in the chain. */
async function chainAudit(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<AuditRow>`
    select id, at, account, action, subject, detail, address from audit order by id`.execute(db);
  let hash = FIRST_HASH;
  for (const row of rows) {
    const namespace = /^@([^/]+)\//.exec(row.subject)?.[1] ?? null;
    hash = auditHash(hash, { ...row, namespace });
    await sql`update audit set namespace = ${namespace}, hash = ${hash} where id = ${row.id}`.execute(db);
  }
}

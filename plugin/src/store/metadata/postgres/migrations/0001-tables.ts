import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { ACCOUNTS, NAMESPACES, TOKENS } from "./0001-identity.ts";
import { ID, TEXT } from "./0001-types.ts";

const PACKAGES = [
  `create table packages (
    id ${ID},
    name ${TEXT} not null unique,
    namespace ${TEXT} not null,
    visibility ${TEXT} not null default 'public',
    rev bigint not null,
    created_at ${TEXT} not null,
    modified_at ${TEXT} not null
  )`,
  `create index packages_namespace on packages (namespace)`,
  `create index packages_restricted on packages (namespace) where visibility = 'restricted'`,
  `create table versions (
    id ${ID},
    package_id bigint not null references packages (id),
    version ${TEXT} not null,
    published_at ${TEXT} not null,
    publisher ${TEXT} not null,
    integrity ${TEXT} not null,
    shasum ${TEXT} not null,
    size bigint not null,
    unpacked_size bigint not null,
    file_count bigint not null,
    has_scripts boolean not null default false,
    keyid ${TEXT} not null,
    sig ${TEXT} not null,
    deprecated ${TEXT},
    unpublished_at ${TEXT},
    published_as ${TEXT},
    quarantined_at ${TEXT},
    quarantine_reason ${TEXT},
    quarantine_tags ${TEXT},
    provenance ${TEXT},
    warnings ${TEXT} not null,
    manifest ${TEXT} not null,
    readme ${TEXT} not null,
    unique (package_id, version)
  )`,
  // Counting reads it instead of the versions themselves.
  `create index versions_live on versions (package_id, size)
    where unpublished_at is null and quarantined_at is null`,
  `create index versions_quarantined on versions (quarantined_at) where quarantined_at is not null`,
  `create index versions_integrity on versions (integrity)`,
  `create table dist_tags (
    package_id bigint not null,
    tag ${TEXT} not null,
    version ${TEXT} not null,
    manual boolean not null,
    primary key (package_id, tag),
    foreign key (package_id, version) references versions (package_id, version) deferrable initially deferred
  )`,
  `create index dist_tags_version on dist_tags (package_id, version)`,
  `create table moved_packages (
    name ${TEXT} primary key,
    package_id bigint not null references packages (id) on delete cascade
  )`,
  `create index moved_packages_package on moved_packages (package_id)`,
  `create table reserved_names (name ${TEXT} primary key)`,
];

const SIGNALS = [
  `create table stars (
    package_id bigint not null references packages (id) on delete cascade,
    account_id bigint not null references accounts (id) on delete cascade,
    primary key (package_id, account_id)
  )`,
  `create index stars_account on stars (account_id)`,
  ...["downloads", "installs"].map(
    (table) => `create table ${table} (
      package_id bigint not null references packages (id) on delete cascade,
      day ${TEXT} not null,
      version ${TEXT} not null,
      count bigint not null,
      primary key (package_id, day, version)
    )`,
  ),
  `create table downloads_by_day (
    day ${TEXT} primary key,
    count bigint not null,
    restricted bigint not null default 0
  )`,
];

const REGISTRY = [
  `create table signing_keys (
    id ${ID},
    keyid ${TEXT} not null unique,
    public_key ${TEXT} not null,
    private_key ${TEXT} not null,
    created_at ${TEXT} not null
  )`,
  `create table audit (
    id bigint primary key,
    at ${TEXT} not null,
    account ${TEXT},
    action ${TEXT} not null,
    subject ${TEXT} not null,
    namespace ${TEXT},
    detail ${TEXT} not null,
    address ${TEXT} not null,
    hash ${TEXT} not null
  )`,
  `create index audit_namespace on audit (namespace, id)`,
  // Whoever owns the table can drop them; they stop mistakes, the chain of hashes shows the rest.
  `create function audit_is_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'the audit log is append-only'; end $$`,
  `create trigger audit_append_only before update or delete or truncate on audit
    execute function audit_is_append_only()`,
  `create table registry (
    id ${TEXT} primary key,
    created_at ${TEXT} not null
  )`,
  `create table sweeps (
    integrity ${TEXT} primary key,
    begun_at ${TEXT} not null,
    ended_at ${TEXT}
  )`,
];

const MIRRORS = [
  `create table mirrors (
    namespace ${TEXT} primary key,
    url ${TEXT} not null,
    etag ${TEXT},
    contact_at ${TEXT},
    behind bigint not null,
    failed_at ${TEXT},
    failure ${TEXT}
  )`,
  `create table mirror_keys (
    url ${TEXT} not null,
    keyid ${TEXT} not null,
    public_key ${TEXT} not null,
    primary key (url, keyid)
  )`,
  `create table mirrored_skills (
    name ${TEXT} primary key,
    namespace ${TEXT} not null,
    rev ${TEXT} not null
  )`,
  `create index mirrored_skills_namespace on mirrored_skills (namespace)`,
  `create table mirror_refusals (
    name ${TEXT} not null,
    version ${TEXT} not null,
    integrity ${TEXT} not null,
    reason ${TEXT} not null,
    at ${TEXT} not null,
    primary key (name, version)
  )`,
];

/**
 * What nodes share (store/nodes/postgres.ts). It may be lost but for the agreements: unlogged tables are empty after a crash, and cost no
 * write to the log before.
 */
const NODES = [
  `create unlogged table rate_limits (
    key ${TEXT} primary key,
    points integer not null,
    expires_at timestamptz not null
  )`,
  `create index rate_limits_expires on rate_limits (expires_at)`,
  `create unlogged table client_uses (
    hour integer not null,
    hash ${TEXT} not null,
    node ${TEXT} not null,
    primary key (hour, hash)
  )`,
  `create unlogged table client_salts (
    hour integer primary key,
    salt ${TEXT} not null
  )`,
  `create table leases (
    name ${TEXT} primary key,
    holder ${TEXT} not null,
    expires_at timestamptz not null
  )`,
  `create table node_agreements (
    name ${TEXT} primary key,
    value ${TEXT} not null
  )`,
];

const TABLES = [
  ...ACCOUNTS,
  ...PACKAGES,
  ...SIGNALS,
  ...NAMESPACES,
  ...TOKENS,
  ...REGISTRY,
  ...MIRRORS,
  ...NODES,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(db);
  await sql`insert into registry (id, created_at) values (${randomUUID()}, ${new Date().toISOString()})`.execute(
    db,
  );
}

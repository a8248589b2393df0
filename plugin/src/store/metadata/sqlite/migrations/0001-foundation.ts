import { type Kysely, sql } from "kysely";

/**
 * Large columns stand last: SQLite reads a row from the front and leaves the pages behind untouched.
 * A dist-tag is checked at commit, so its order within a publish is free.
 */
const TABLES = [
  `create table accounts (
    id integer primary key,
    name text not null unique,
    email text,
    password_hash text not null,
    created_at text not null
  ) strict`,

  `create table tokens (
    id text not null primary key,
    account_id integer not null references accounts (id) on delete cascade,
    hash text not null unique,
    hint text not null,
    name text,
    readonly integer not null,
    cidr text not null,
    created_at text not null,
    expires_at text
  ) strict`,
  `create index tokens_account on tokens (account_id)`,

  `create table packages (
    id integer primary key,
    name text not null unique,
    namespace text not null,
    rev integer not null,
    created_at text not null,
    modified_at text not null
  ) strict`,

  `create table versions (
    id integer primary key,
    package_id integer not null references packages (id),
    version text not null,
    published_at text not null,
    publisher text not null,
    integrity text not null,
    shasum text not null,
    size integer not null,
    unpacked_size integer not null,
    file_count integer not null,
    keyid text not null,
    sig text not null,
    deprecated text,
    unpublished_at text,
    warnings text not null,
    manifest text not null,
    readme text not null,
    unique (package_id, version)
  ) strict`,

  `create table dist_tags (
    package_id integer not null,
    tag text not null,
    version text not null,
    manual integer not null,
    primary key (package_id, tag),
    foreign key (package_id, version) references versions (package_id, version) deferrable initially deferred
  ) strict, without rowid`,
  `create index dist_tags_version on dist_tags (package_id, version)`,

  `create table stars (
    package_id integer not null references packages (id) on delete cascade,
    account_id integer not null references accounts (id) on delete cascade,
    primary key (package_id, account_id)
  ) strict, without rowid`,
  `create index stars_account on stars (account_id)`,

  `create table signing_keys (
    id integer primary key,
    keyid text not null unique,
    public_key text not null,
    private_key text not null,
    created_at text not null
  ) strict`,

  `create table audit (
    id integer primary key,
    at text not null,
    account text,
    action text not null,
    subject text not null,
    detail text not null,
    address text not null
  ) strict`,
];

/**
 * `search_head` and `search_text` are indexes only (`content=''`): `search_documents` holds what is shown.
 * `search_text` contains the words of `search_head` as well: a query whose words are split between head and body
 * is one match in it, and the number of its matches is the total.
 */
const SEARCH = [
  `create table search_documents (
    package_id integer primary key references packages (id),
    name text not null unique,
    skill text not null,
    spelling text not null,
    namespace text not null,
    version text not null,
    description text not null,
    keywords text not null,
    license text,
    publisher text not null,
    published_at text not null,
    deprecated integer not null
  ) strict`,
  `create index search_documents_skill on search_documents (skill)`,
  `create index search_documents_spelling on search_documents (spelling)`,
  `create index search_documents_newest on search_documents (deprecated, published_at desc, name)`,

  `create virtual table search_head using fts5 (
    name, namespace, keywords, description,
    content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3 4'
  )`,
  `create virtual table search_text using fts5 (
    text,
    content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3 4'
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...TABLES, ...SEARCH]) await sql.raw(statement).execute(db);
}

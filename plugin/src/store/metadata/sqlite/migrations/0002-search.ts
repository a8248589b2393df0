/**
 * The search tables of 0002, in place of those of 0001. All of them are derived: a rebuild fills them from the versions.
 *
 * The text is indexed as words that registry/search/words.ts made, which the tokenizer only has to tell apart:
 * `ascii` takes everything beyond ASCII for letters, and never disagrees with a newer Unicode.
 * `search_head` and `search_text` are indexes only (`content=''`): `search_documents` holds what is shown.
 * `search_text` contains the words of `search_head` as well: a query whose words are split between head and body
 * is one match in it, and the number of its matches is the total.
 * `search_facets` numbers its rows by their change, so that counts kept in memory can follow.
 * `search_ranks` holds what decides order and visibility in rows small enough to be joined a hundred thousand times.
 */
export const SEARCH = [
  `drop table search_head`,
  `drop table search_text`,
  `drop table search_documents`,

  `create table search_documents (
    package_id integer primary key references packages (id),
    name text not null unique,
    skill_spelling text not null,
    spelling text not null,
    version text not null,
    license text,
    publisher text not null,
    published_at text not null,
    keywords text not null,
    agents text not null,
    description text not null,
    head_words text not null
  ) strict`,
  `create index search_documents_skill on search_documents (skill_spelling)`,
  `create index search_documents_spelling on search_documents (spelling)`,

  `create table search_ranks (
    package_id integer primary key references packages (id),
    deprecated integer not null,
    restricted integer not null,
    has_scripts integer not null,
    published_at text not null,
    published_day integer not null,
    downloads integer not null,
    likes integer not null,
    namespace text not null,
    name text not null
  ) strict`,
  `create index search_ranks_newest on search_ranks (deprecated, published_at desc, name)`,
  `create index search_ranks_restricted on search_ranks (restricted, namespace)`,

  `create virtual table search_head using fts5 (
    name, namespace, keywords, description, headings, filters,
    content = '', contentless_delete = 1, tokenize = "ascii tokenchars '=_'"
  )`,
  `create virtual table search_text using fts5 (
    text, filters,
    content = '', contentless_delete = 1, tokenize = "ascii tokenchars '=_'"
  )`,
  `create virtual table search_text_terms using fts5vocab (search_text, row)`,

  `create table search_facet_values (
    id integer primary key,
    field text not null,
    value text not null,
    label text not null,
    unique (field, value)
  ) strict`,
  `create table search_facets (
    package_id integer primary key references packages (id),
    changed integer not null,
    value_ids text not null
  ) strict`,
  `create index search_facets_changed on search_facets (changed)`,

  `create table search_words (
    word text primary key,
    skills integer not null
  ) strict, without rowid`,
  `create table search_typos (
    shortened text not null,
    word text not null,
    primary key (shortened, word)
  ) strict, without rowid`,

  `create table search_state (stale integer not null, changes integer not null) strict`,
  `insert into search_state (stale, changes) select exists (select 1 from packages), 0`,

  `create table dependencies (
    package_id integer not null references packages (id) on delete cascade,
    dependency text not null,
    primary key (dependency, package_id)
  ) strict, without rowid`,
  `create index dependencies_package on dependencies (package_id)`,
];

import { type Kysely, sql } from "kysely";
import { spelling } from "../../../registry/search/words.ts";
import type { SearchDocument } from "../../search.ts";
import type { Database } from "../schema.ts";
import { offeredWords, skillOf } from "../search-head.ts";
import { DOWNLOADS_DAYS } from "../search-ranking.ts";
import { typoKeys } from "../search-typos.ts";
import { facetNumbers } from "./search-facets.ts";
import { toShown } from "./search-shown.ts";
import { vectorOf } from "./search-vector.ts";

type Db = Kysely<Database>;

/** Rows that count a word. A package counts in one of them, so that few publishes at a time wait for each other. */
const SHARDS = 16;

/** Indexes the document in place of an older one; likes and downloads stay what they are. */
export async function putDocument(db: Db, packageId: number, document: SearchDocument): Promise<void> {
  const offered = offeredWords(document);
  const { before, fresh } = await wordsBefore(db, packageId, offered);
  const facets = await facetNumbers(db, document);
  await sql`
    with put_document as (${documentRow(packageId, document, facets)}),
      put_shown as (${shownRow(packageId, document, offered)}),
      counted as (${wordCounts(packageId, before, offered)}),
      put_typos as (${typoRows(fresh)}),
      gone as (
        delete from dependencies where package_id = ${packageId} and dependency <> all(${document.dependencies}::text[])
      )
    insert into dependencies (package_id, dependency)
      select ${packageId}::bigint, dependency from unnest(${document.dependencies}::text[]) needed (dependency)
      on conflict do nothing`.execute(db);
}

/** `before` are the words that the document has in the vocabulary, `fresh` those of `offered` that have never been in it. */
async function wordsBefore(
  db: Db,
  packageId: number,
  offered: string[],
): Promise<{ before: string[]; fresh: string[] }> {
  const { rows } = await sql<{ before: string[] | null; fresh: string[] }>`
    select s.head_words as before, array(
      select word from unnest(${offered}::text[]) o (word)
      where not exists (select 1 from search_typos t where t.shortened = o.word and t.word = o.word)
    ) as fresh
    from (values (1)) one left join search_shown s on s.package_id = ${packageId}`.execute(db);
  return { before: rows[0]?.before ?? [], fresh: rows[0]?.fresh ?? [] };
}

function documentRow(packageId: number, document: SearchDocument, facets: number[]) {
  const { terms, textWords, headWords } = vectorOf(document);
  const { name, namespace, publishedAt, deprecated, restricted, hasScripts } = document;
  return sql`
    insert into search_documents as r (package_id, published_day, downloads, likes, text_words, head_words, deprecated, restricted,
      has_scripts, name, namespace, skill_spelling, spelling, published_at, facets, terms)
    values (${packageId}, extract(epoch from ${publishedAt}::timestamptz)::bigint / 86400, 0,
      (select count(*) from stars where package_id = ${packageId}), ${textWords}, ${headWords}, ${deprecated}, ${restricted},
      ${hasScripts}, ${name}, ${namespace}, ${spelling(skillOf(name))}, ${spelling(name)}, ${publishedAt}, ${facets}, ${terms})
    on conflict (package_id) do update set published_day = excluded.published_day, text_words = excluded.text_words,
      head_words = excluded.head_words, deprecated = excluded.deprecated, restricted = excluded.restricted,
      has_scripts = excluded.has_scripts, name = excluded.name, namespace = excluded.namespace,
      skill_spelling = excluded.skill_spelling, spelling = excluded.spelling, published_at = excluded.published_at,
      facets = excluded.facets, terms = excluded.terms`;
}

function shownRow(packageId: number, document: SearchDocument, offered: string[]) {
  return sql`
    insert into search_shown (package_id, version, shown, head_words)
    values (${packageId}, ${document.version}, ${toShown(document)}, ${offered})
    on conflict (package_id) do update
      set version = excluded.version, shown = excluded.shown, head_words = excluded.head_words`;
}

/**
 * In the order of the words, as whoever counts them has to wait for others. Words that no skill has any more stay, as zero, and so do
 * the keys of their typos: another transaction may be about to count them.
 */
function wordCounts(packageId: number, before: string[], after: string[]) {
  const [had, has] = [new Set(before), new Set(after)];
  const removed = before.filter((word) => !has.has(word));
  const added = after.filter((word) => !had.has(word));
  const changes = [...removed.map(() => -1), ...added.map(() => 1)];
  return sql`
    insert into search_words as w (word, shard, skills)
    select word, ${packageId % SHARDS}::smallint, change
    from unnest(${[...removed, ...added]}::text[], ${changes}::integer[]) changed (word, change) order by word collate "C"
    on conflict (word, shard) do update set skills = w.skills + excluded.skills`;
}

function typoRows(fresh: string[]) {
  const rows = fresh.flatMap((word) => typoKeys(word).map((shortened) => ({ shortened, word })));
  return sql`
    insert into search_typos (shortened, word)
    select shortened, word
    from unnest(${rows.map((row) => row.shortened)}::text[], ${rows.map((row) => row.word)}::text[]) t (shortened, word)
    order by shortened collate "C", word collate "C"
    on conflict do nothing`;
}

export async function removeDocument(db: Db, packageId: number): Promise<void> {
  const { before } = await wordsBefore(db, packageId, []);
  await sql`
    with gone_document as (delete from search_documents where package_id = ${packageId}),
      gone_shown as (delete from search_shown where package_id = ${packageId}),
      counted as (${wordCounts(packageId, before, [])})
    delete from dependencies where package_id = ${packageId}`.execute(db);
}

export async function refreshLikes(db: Db, packageId: number): Promise<void> {
  await sql`
    update search_documents set likes = (select count(*) from stars where package_id = ${packageId})
    where package_id = ${packageId}`.execute(db);
}

/** Writes only the rows whose number has changed. */
export async function refreshDownloads(db: Db, day: string, packageIds: number[] | "all"): Promise<void> {
  const asked = packageIds === "all" ? sql`true` : sql`r.package_id = any(${packageIds}::bigint[])`;
  await sql`
    update search_documents r set downloads = fresh.downloads
    from (
      select r.package_id, coalesce(sum(d.count), 0)::bigint as downloads
      from search_documents r left join downloads d
        on d.package_id = r.package_id and d.day > (${day}::date - ${DOWNLOADS_DAYS}::integer)::text and d.day <= ${day}
      where ${asked} group by r.package_id
    ) fresh
    where fresh.package_id = r.package_id and fresh.downloads <> r.downloads`.execute(db);
}

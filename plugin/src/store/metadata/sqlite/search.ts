import { type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import type { SearchDocument, SearchHit, SearchPage, SearchQuery } from "../../metadata.ts";
import { toSearchDocument } from "../rows.ts";
import type { Database, SearchDocumentTable } from "../schema.ts";
import type { SearchIndex } from "../sql-metadata.ts";
import { indexed, matchExpression, words } from "./search-words.ts";

type Db = Kysely<Database>;

/** Characters of a body that are indexed: some 30,000 words. More would hold the write lock for no better result. */
const BODY_MAX = 200_000;

const NOTHING: SearchPage = { total: 0, hits: [] };

/** FTS5 in two tables: the head is asked first, the whole text fills up what it leaves open. */
export const sqliteSearch: SearchIndex = { search, put, remove };

async function search(db: Db, query: SearchQuery): Promise<SearchPage> {
  const match = matchExpression(query.text);
  if (match === undefined) return query.text.trim() === "" ? everything(db, query) : NOTHING;

  const asked = { match, spelling: spellingOf(query.text) };
  const total = await one(
    db,
    sql`select count(*) as count from search_text where search_text match ${match}`,
  );
  const rows = await ranked(db, asked, query);
  const best = query.from === 0 ? rows : await ranked(db, asked, { from: 0, size: 1 });
  const unit = best[0]?.relevance ?? 1;
  return { total, hits: rows.map((row) => toHit(row, row.relevance / unit)) };
}

/** Deprecated ones last, newest first. */
async function everything(db: Db, page: Page): Promise<SearchPage> {
  const total = await one(db, sql`select count(*) as count from search_documents`);
  const rows = await db
    .selectFrom("search_documents")
    .selectAll()
    .orderBy("deprecated")
    .orderBy("published_at", "desc")
    .orderBy("name")
    .limit(page.size)
    .offset(page.from)
    .execute();
  return { total, hits: rows.map((row) => toHit(row, 1)) };
}

interface Asked {
  /** FTS5 expression. */
  match: string;
  /** As the columns `skill` and `spelling`. */
  spelling: string;
}

type Page = Pick<SearchQuery, "from" | "size">;

type Hit = Selectable<SearchDocumentTable> & { relevance: number };

async function ranked(db: Db, asked: Asked, { from, size }: Page): Promise<Hit[]> {
  const first = await rows<Hit>(
    db,
    sql`select d.*, ${relevance(asked, "head")} as relevance ${headHits(asked)}
      order by relevance desc, d.name limit ${size} offset ${from}`,
  );
  if (first.length === size) return first;

  const skipped = await one(db, sql`select count(*) as count ${headHits(asked)}`);
  const rest = await rows<Hit>(
    db,
    sql`select d.*, ${relevance(asked, "text")} as relevance
      from search_text join search_documents d on d.package_id = search_text.rowid
      where search_text match ${asked.match} and d.package_id not in (select d.package_id ${headHits(asked)})
      order by relevance desc, d.name limit ${size - first.length} offset ${Math.max(0, from - skipped)}`,
  );
  return [...first, ...rest];
}

/** Skills with every word in their head; of the deprecated ones only those that were asked for by name. */
function headHits(asked: Asked): RawBuilder<unknown> {
  return sql`from search_head join search_documents d on d.package_id = search_head.rowid
    where search_head match ${asked.match} and (d.deprecated = 0 or ${isNamed(asked)})`;
}

/**
 * A level, which always decides, plus a fraction: 4 asked for by name, 3 so but deprecated, 2 all words in the head,
 * 1 some only in the body, 0 deprecated. bm25() is below zero, the lower the better.
 */
function relevance(asked: Asked, table: "head" | "text"): RawBuilder<number> {
  const bm25 = table === "head" ? sql`bm25(search_head, 10, 1, 5, 2)` : sql`bm25(search_text)`;
  const level =
    table === "head"
      ? sql`case when ${isNamed(asked)} then 4 - d.deprecated else 2 end`
      : sql`1 - d.deprecated`;
  return sql`(${level}) + 1 - 1 / (1 - ${bm25})`;
}

/** By the name of the skill, or by namespace and skill. */
function isNamed({ spelling }: Asked): RawBuilder<boolean> {
  return sql`d.package_id in (
    select package_id from search_documents where skill = ${spelling}
    union all select package_id from search_documents where spelling = ${spelling}
  )`;
}

/** One spelling for `@acme/legal-documents`, `acme legal documents` and whatever else has these words. */
function spellingOf(text: string): string {
  return words(text).join("-");
}

function toHit(row: Selectable<SearchDocumentTable>, score: number): SearchHit {
  return { ...toSearchDocument(row), score };
}

async function put(db: Db, packageId: number, document: SearchDocument): Promise<void> {
  const skill = document.name.slice(document.name.indexOf("/") + 1);
  await remove(db, packageId);
  await db
    .insertInto("search_documents")
    .values({
      package_id: packageId,
      name: document.name,
      skill,
      spelling: spellingOf(document.name),
      namespace: document.namespace,
      version: document.version,
      description: document.description,
      keywords: JSON.stringify(document.keywords),
      license: document.license,
      publisher: document.publisher,
      published_at: document.publishedAt,
      deprecated: document.deprecated,
    })
    .execute();

  const head = [skill, document.namespace, document.keywords.join(" "), document.description];
  const [name, namespace, keywords, description] = head.map(indexed);
  await sql`insert into search_head (rowid, name, namespace, keywords, description)
    values (${packageId}, ${name}, ${namespace}, ${keywords}, ${description})`.execute(db);
  const text = indexed([...head, document.body.slice(0, BODY_MAX)].join(" "));
  await sql`insert into search_text (rowid, text) values (${packageId}, ${text})`.execute(db);
}

async function remove(db: Db, packageId: number): Promise<void> {
  await sql`delete from search_text where rowid = ${packageId}`.execute(db);
  await sql`delete from search_head where rowid = ${packageId}`.execute(db);
  await db.deleteFrom("search_documents").where("package_id", "=", packageId).execute();
}

async function rows<T>(db: Db, query: RawBuilder<unknown>): Promise<T[]> {
  return (await query.$castTo<T>().execute(db)).rows;
}

async function one(db: Db, query: RawBuilder<unknown>): Promise<number> {
  const [row] = await rows<{ count: number }>(db, query);
  return row?.count ?? 0;
}

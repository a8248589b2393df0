import { spelling } from "../../../registry/search/words.ts";
import type { SearchDocument } from "../../search.ts";
import { facetsOf } from "../search-facet-values.ts";
import { type Head, headOf, indexedBody, offeredWords, skillOf } from "../search-head.ts";
import { DOWNLOADS_DAYS } from "../search-ranking.ts";
import { putFacets } from "./search-facets.ts";
import { filterToken, indexed } from "./search-terms.ts";
import { addWords, removeWords } from "./search-vocabulary.ts";
import type { Statements } from "./statements.ts";

/**
 * Indexes the document in place of an older one; likes and downloads stay what they are.
 * The full-text tables come last: statements behind them would make FTS5 write out what it has collected so far.
 */
export function putDocument(sql: Statements, packageId: number, document: SearchDocument): void {
  const headWords = offeredWords(document);
  const before = headWordsOf(sql, packageId);
  replaceWords(sql, before ?? [], headWords);
  putShown(sql, packageId, { ...document, headWords });
  putRank(sql, packageId, document);
  putFacets(sql, packageId, document);
  putDependencies(sql, packageId, document.dependencies);
  if (before !== undefined) removeTexts(sql, packageId);
  putTexts(sql, packageId, document);
}

export function removeDocument(sql: Statements, packageId: number): void {
  const before = headWordsOf(sql, packageId);
  if (before === undefined) return;
  replaceWords(sql, before, []);
  for (const table of ["search_documents", "search_ranks", "search_facets", "dependencies"]) {
    sql.run(`delete from ${table} where package_id = $packageId`, { packageId });
  }
  removeTexts(sql, packageId);
}

/** The words that the document has in the vocabulary; undefined when there is none. */
function headWordsOf(sql: Statements, packageId: number): string[] | undefined {
  const old = sql.get<{ head_words: string }>(
    `select head_words from search_documents where package_id = $packageId`,
    { packageId },
  );
  return old?.head_words.split(" ").filter((word) => word !== "");
}

function removeTexts(sql: Statements, packageId: number): void {
  sql.run(`delete from search_head where rowid = $packageId`, { packageId });
  sql.run(`delete from search_text where rowid = $packageId`, { packageId });
}

function putDependencies(sql: Statements, packageId: number, dependencies: string[]): void {
  sql.run(`delete from dependencies where package_id = $packageId`, { packageId });
  for (const dependency of new Set(dependencies)) {
    sql.run(`insert into dependencies (package_id, dependency) values ($packageId, $dependency)`, {
      packageId,
      dependency,
    });
  }
}

function replaceWords(sql: Statements, before: string[], after: string[]): void {
  const [had, has] = [new Set(before), new Set(after)];
  const removed = before.filter((word) => !has.has(word));
  const added = after.filter((word) => !had.has(word));
  if (removed.length > 0) removeWords(sql, removed);
  if (added.length > 0) addWords(sql, added);
}

function putShown(
  sql: Statements,
  packageId: number,
  document: SearchDocument & { headWords: string[] },
): void {
  sql.run(
    `insert or replace into search_documents (package_id, name, skill_spelling, spelling, version, license, publisher,
        published_at, keywords, agents, description, head_words)
      values ($packageId, $name, $skillSpelling, $spelling, $version, $license, $publisher,
        $publishedAt, $keywords, $agents, $description, $headWords)`,
    {
      packageId,
      name: document.name,
      skillSpelling: spelling(skillOf(document.name)),
      spelling: spelling(document.name),
      version: document.version,
      license: document.license,
      publisher: document.publisher,
      publishedAt: document.publishedAt,
      keywords: JSON.stringify(document.keywords),
      agents: JSON.stringify(document.agents),
      description: document.description,
      headWords: document.headWords.join(" "),
    },
  );
}

function putRank(sql: Statements, packageId: number, document: SearchDocument): void {
  sql.run(
    `insert into search_ranks (package_id, deprecated, restricted, has_scripts, published_at, published_day,
        downloads, likes, namespace, name)
      values ($packageId, $deprecated, $restricted, $hasScripts, $publishedAt, unixepoch($publishedAt) / 86400,
        0, (select count(*) from stars where package_id = $packageId), $namespace, $name)
      on conflict (package_id) do update set deprecated = $deprecated, restricted = $restricted,
        has_scripts = $hasScripts, published_at = $publishedAt, published_day = excluded.published_day,
        namespace = $namespace, name = $name`,
    {
      packageId,
      deprecated: Number(document.deprecated),
      restricted: Number(document.restricted),
      hasScripts: Number(document.hasScripts),
      publishedAt: document.publishedAt,
      namespace: document.namespace,
      name: document.name,
    },
  );
}

function putTexts(sql: Statements, packageId: number, document: SearchDocument): void {
  const filters = facetsOf(document)
    .map(({ field, value }) => filterToken(field, value))
    .join(" ");
  const { skill, namespace, keywords, description, headings } = indexedHead(headOf(document));
  sql.run(
    `insert into search_head (rowid, name, namespace, keywords, description, headings, filters)
      values ($packageId, $skill, $namespace, $keywords, $description, $headings, $filters)`,
    { packageId, skill, namespace, keywords, description, headings, filters },
  );
  const text = [namespace, skill].join(" ");
  const body = indexed([indexedBody(document)]);
  sql.run(`insert into search_text (rowid, text, filters) values ($packageId, $text, $filters)`, {
    packageId,
    text: [text, keywords, description, headings, body].join(" = "),
    filters,
  });
}

function indexedHead(head: Head): Head {
  const stems = (text: string): string => indexed(text.split("\n"));
  return {
    skill: stems(head.skill),
    namespace: stems(head.namespace),
    keywords: stems(head.keywords),
    description: stems(head.description),
    headings: stems(head.headings),
  };
}

export function refreshLikes(sql: Statements, packageId: number): void {
  sql.run(
    `update search_ranks set likes = (select count(*) from stars where package_id = $packageId)
      where package_id = $packageId`,
    { packageId },
  );
}

/** Writes only the rows whose number has changed. */
export function refreshDownloads(sql: Statements, day: string, packageIds: number[] | "all"): void {
  sql.run(
    `with fresh as materialized (
      select r.package_id, coalesce((
        select sum(d.count) from downloads d
        where d.package_id = r.package_id and d.day > date($day, $back) and d.day <= $day
      ), 0) as downloads
      from search_ranks r
      where ${packageIds === "all" ? "true" : "r.package_id in (select value from json_each($packageIds))"}
    )
    update search_ranks set downloads = fresh.downloads from fresh
    where fresh.package_id = search_ranks.package_id and fresh.downloads <> search_ranks.downloads`,
    {
      day,
      back: `-${DOWNLOADS_DAYS} days`,
      packageIds: packageIds === "all" ? null : JSON.stringify(packageIds),
    },
  );
}

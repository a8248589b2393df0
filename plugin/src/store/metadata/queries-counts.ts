import { type Kysely, sql } from "kysely";
import type { DayRange, NamespaceUse, RegistryCounts } from "../metadata.ts";
import { LIVE } from "./live.ts";
import type { Database } from "./schema.ts";

/** Sums over many packages, in one query each. */

type Db = Kysely<Database>;

/** Restricted skills are the exception: their ids are read at once, from an index that has no others. */
const RESTRICTED = sql.raw("select id from packages where visibility = 'restricted'");

export async function counts(db: Db, of: "everything" | "public"): Promise<RegistryCounts> {
  const isPublic = of === "public";
  const counted = isPublic ? sql`and package_id not in (${RESTRICTED})` : sql``;
  const downloads = isPublic ? sql`count` : sql`count + restricted`;
  const { rows } = await sql<RegistryCounts>`select
    (select count(distinct package_id) from versions where ${LIVE} ${counted}) as "packages",
    (select count(*) from versions where ${LIVE} ${counted}) as "versions",
    (select count(*) from (select distinct namespace from packages) n where exists (
      select 1 from packages p join versions on package_id = p.id
      where p.namespace = n.namespace and ${LIVE} ${counted})) as "namespaces",
    (select count(*) from accounts) as "accounts",
    (select coalesce(sum(size), 0) from versions where ${LIVE} ${counted}) as "tarballBytes",
    (select coalesce(sum(${downloads}), 0) from downloads_by_day) as "downloads",
    (select count(*) from stars where true ${counted}) as "likes"`.execute(db);
  return only(rows);
}

/** All of a namespace in one query, or its public skills in one and each restricted one that may be seen in another. */
export async function namespaceUse(
  db: Db,
  { namespace, readable }: { namespace: string; readable: string[] },
  range: DayRange,
): Promise<NamespaceUse> {
  if (readable.includes(namespace)) return await use(db, { namespace, skill: null, hidden: false }, range);
  const skills = [...new Set(readable)].filter((name) => name.startsWith(`@${namespace}/`));
  const asked = [null, ...skills].map((skill) => use(db, { namespace, skill, hidden: true }, range));
  const uses = await Promise.all(asked);
  return {
    likes: uses.reduce((sum, { likes }) => sum + likes, 0),
    downloads: uses.reduce((sum, { downloads }) => sum + downloads, 0),
  };
}

async function use(
  db: Db,
  { namespace, skill, hidden }: { namespace: string; skill: string | null; hidden: boolean },
  { from, to }: DayRange,
): Promise<NamespaceUse> {
  const named = sql`p.name = ${skill} and p.visibility = 'restricted'`;
  const open = hidden
    ? sql`p.namespace = ${namespace} and p.visibility = 'public'`
    : sql`p.namespace = ${namespace}`;
  const counted = skill === null ? open : named;
  const { rows } = await sql<NamespaceUse>`select
    (select count(*) from stars s join packages p on p.id = s.package_id where ${counted}) as "likes",
    (select coalesce(sum(d.count), 0) from downloads d join packages p on p.id = d.package_id
      where ${counted} and d.day >= ${from} and d.day <= ${to}) as "downloads"`.execute(db);
  return only(rows);
}

function only<Row>([row]: Row[]): Row {
  if (row === undefined) throw new Error("a query for sums returned no row");
  return row;
}

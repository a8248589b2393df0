import { type Kysely, sql } from "kysely";
import type { DayRange, NamespaceUse } from "../metadata.ts";
import type { Database } from "./schema.ts";

/** Likes and downloads of all packages of a namespace, in one query. */
export async function namespaceUse(
  db: Kysely<Database>,
  namespace: string,
  { from, to }: DayRange,
): Promise<NamespaceUse> {
  const { rows } = await sql<NamespaceUse>`select
    (select count(*) from stars s join packages p on p.id = s.package_id
      where p.namespace = ${namespace}) as "likes",
    (select coalesce(sum(d.count), 0) from downloads d join packages p on p.id = d.package_id
      where p.namespace = ${namespace} and d.day >= ${from} and d.day <= ${to}) as "downloads"`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("a query for sums returned no row");
  return row;
}

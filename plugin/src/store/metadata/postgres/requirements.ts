import { z } from "zod";
import type { Pool } from "pg";
import { withLink } from "./dialect.ts";

/** The oldest release of PostgreSQL that has what is used here: server_version_num. */
const VERSION_MIN = 140_000;

const server = z.object({
  version: z.coerce.number(),
  shown: z.string(),
  encoding: z.string(),
  standby: z.boolean(),
  readonly: z.string(),
  schema: z.string().nullable(),
  creates: z.boolean().nullable(),
  closed: z.string().nullable(),
});

const QUESTION = `select
  current_setting('server_version_num') as version, current_setting('server_version') as shown,
  current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
  current_setting('default_transaction_read_only') as readonly,
  current_schema() as schema, has_schema_privilege(current_schema(), 'create') as creates,
  (select min(c.relname::text) from pg_class c where c.relnamespace = current_schema()::regnamespace
    and c.relkind = 'r' and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert'))) as closed`;

/** Throws, with the reason, when the registry cannot work with this database. */
export async function checkRequirements(pool: Pool): Promise<void> {
  const { rows } = await withLink(pool, (link) => link.run(QUESTION));
  const lacks = lackOf(server.parse(rows[0]));
  if (lacks !== undefined) throw new Error(lacks);
}

function lackOf(found: z.infer<typeof server>): string | undefined {
  if (found.version < VERSION_MIN) return `PostgreSQL 14 or later is needed, this is ${found.shown}`;
  if (found.encoding !== "UTF8") return `the database has to be one of UTF8, this one is ${found.encoding}`;
  if (found.standby) return "this server is a standby, which cannot be written to: name the primary";
  if (found.readonly === "on") return "the role may only read: it has to be one that writes";
  if (found.schema === null)
    return "the role has no schema to work in: give it one, or grant it usage of public";
  if (found.creates !== true) return `the role may not create tables in the schema ${found.schema}`;
  if (found.closed !== null) return `the role may not write to the table ${found.closed}`;
  return undefined;
}

/** Throws when the database does not answer, or may not be written to. */
export async function checkWritable(pool: Pool): Promise<void> {
  const { rows } = await withLink(pool, (link) => link.run("show transaction_read_only"));
  if (rows[0]?.["transaction_read_only"] !== "off") throw new Error("the database can only be read");
}

import { randomUUID } from "node:crypto";
import pg from "pg";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { postgresSettings } from "./postgres-databases.ts";
import type { PostgresServer } from "./postgres-server.ts";

/** Databases for tests. Those that were given back are emptied and used again: that takes 3 ms, making another one 50. */
export interface DatabaseStock extends AsyncDisposable {
  make(): Promise<string>;
  /** Without tables. */
  makeEmpty(): Promise<string>;
  giveBack(url: string): Promise<void>;
}

/** A migrated, empty database, of which the others are copies. */
const TEMPLATE = "skills_template";

/** Milliseconds that a connection which a test has left open may take to end. */
const END_MS = 5_000;

const END_OTHERS = `select pg_terminate_backend(pid, ${END_MS}) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;

export async function stockOf(server: PostgresServer): Promise<DatabaseStock> {
  const admin = await connect(server.url("postgres"));
  await admin.query(`create database ${TEMPLATE}`);
  const { metadata, nodes } = await openPostgres(postgresSettings(server.url(TEMPLATE)));
  await nodes.close();
  await metadata.close();
  const made = new Map<string, pg.Client>();
  const idle: string[] = [];

  async function create(template: string): Promise<string> {
    const name = `test_${randomUUID().replaceAll("-", "")}`;
    // The default strategy takes ten times as long.
    await admin.query(`create database ${name} template ${template} strategy file_copy`);
    return server.url(name);
  }

  return {
    async make() {
      const used = idle.pop();
      if (used !== undefined) return used;
      const url = await create(TEMPLATE);
      made.set(url, await connect(url));
      return url;
    },
    makeEmpty: async () => await create("template0"),
    async giveBack(url) {
      const client = made.get(url);
      if (client === undefined) {
        const name = pg.escapeIdentifier(new URL(url).pathname.slice(1));
        await admin.query(`drop database ${name} with (force)`);
        return;
      }
      await empty(client);
      idle.push(url);
    },
    async [Symbol.asyncDispose]() {
      for (const client of [admin, ...made.values()]) await client.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, pipeline: true });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** As it was made, with another id: no reference and no trigger is looked at, and numbers begin at 1. */
async function empty(client: pg.Client): Promise<void> {
  await client.query(END_OTHERS);
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      and relname not in ('migrations', 'migrations_lock', 'registry', 'own_id', 'search_state')`,
  );
  await client.query(
    ["set session_replication_role = replica", ...rows.map(({ name }) => `delete from ${name}`)].join("; "),
  );
  await client.query("select setval(oid::regclass, 1, false) from pg_class where relkind = 'S'");
  await client.query("update registry set id = gen_random_uuid()::text");
  await client.query("update own_id set id = gen_random_uuid()::text");
  await client.query("update search_state set stale = false");
}

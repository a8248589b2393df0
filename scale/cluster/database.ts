import pg from "pg";
import type { PostgresServer } from "../../test/support/postgres-server.ts";

/** Makes an empty database on the server; returns its address. */
export async function newDatabase(postgres: PostgresServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url("postgres") });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return postgres.url(name);
}

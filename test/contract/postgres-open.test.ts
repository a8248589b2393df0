import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import pg from "pg";
import { dirSync } from "tmp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Secret } from "../../plugin/src/config-stores.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { connectionPool } from "../../plugin/src/store/metadata/postgres/pool.ts";
import { freePort } from "../support/free-port.ts";
import { startCable } from "../support/postgres-cable.ts";
import {
  makeDatabase,
  makeEmptyDatabase,
  postgresSettings,
  type TestDatabase,
} from "../support/postgres-databases.ts";
import { addPackage, LATER } from "./samples.ts";

const SECRET = "s3cret-wr0ng";
const ROLE = "skills_reader";

let database: TestDatabase;
const folder = dirSync({ unsafeCleanup: true });

beforeAll(async () => {
  database = await makeEmptyDatabase();
  await run(database.url, `create role ${ROLE} login`);
});

afterAll(async () => {
  await run(database.url, `drop owned by ${ROLE}; drop role ${ROLE}`);
  await database[Symbol.asyncDispose]();
  folder.removeCallback();
});

describe("an address of a database", () => {
  test.each([
    ["that is none", `mysql://u:${SECRET}@127.0.0.1/x`],
    ["without a host and a name", `postgres:${SECRET}`],
    ["with a port that does not exist", `postgres://u:${SECRET}@127.0.0.1:99999/x`],
    ["that a slash in its password cuts in two", `postgres://u:1/${SECRET}@127.0.0.1/x`],
    ["that a slash at the start of its password cuts in two", `postgres://u:/${SECRET}@127.0.0.1/x`],
    ["that a question mark in its password cuts in two", `postgres://u:1?${SECRET}@127.0.0.1/x`],
    ["that a hash in its password cuts in two", `postgres://u:1#${SECRET}@127.0.0.1/x`],
    ["with a broken name", `postgres://u:${SECRET}@127.0.0.1/%E0%A4%A`],
  ])("%s is refused, and not repeated", async (_, url) => {
    const refusal = await open(url).catch(String);
    expect(refusal).toMatch(
      /^Error: the address of the database has to look like postgres:\/\/user@host:5432\/database;/,
    );
    expect(refusal).not.toContain(SECRET);
  });

  test("may stand in a file, with a line break at its end", async () => {
    const file = path.join(folder.name, "address");
    await writeFile(file, `${database.url}\n`);
    const node = await open({ file });
    await expect(node.check()).resolves.toBeUndefined();
    await node.close();
  });

  test("in a file that is not there is an error that names the file", async () => {
    await expect(open({ file: path.join(folder.name, "missing") })).rejects.toThrow(
      /^the address of the database cannot be read: ENOENT.*missing'$/,
    );
  });

  test("where nobody listens is an error that says so, without the password", async () => {
    const port = await freePort();
    await expect(open(`postgres://u:${SECRET}@127.0.0.1:${port}/x`)).rejects.toThrow(
      new Error(`database 127.0.0.1:${port}/x: connect ECONNREFUSED 127.0.0.1:${port}`),
    );
  });

  test("where something else listens is an error that says so", async () => {
    const server = createServer((_, response) => response.end("hello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    await expect(open(`postgres://u:${SECRET}@127.0.0.1:${port}/x`)).rejects.toThrow(
      new Error(`database 127.0.0.1:${port}/x: the connection was closed before PostgreSQL answered`),
    );
    server.close();
  });

  test("with the name of a database that is not there is an error that names it", async () => {
    await expect(open(named(database.url, "nowhere"))).rejects.toThrow(
      /^database 127\.0\.0\.1:\d+\/nowhere: database "nowhere" does not exist$/,
    );
  });
});

describe("a database that the registry cannot work with is refused:", () => {
  test("one with another encoding", async () => {
    await run(
      database.url,
      "create database skills_ascii template template0 encoding 'SQL_ASCII' locale 'C'",
    );
    await expect(open(named(database.url, "skills_ascii"))).rejects.toThrow(
      /: the database has to be one of UTF8, this one is SQL_ASCII$/,
    );
    await run(database.url, "drop database skills_ascii");
  });

  test("one in which the role may create nothing", async () => {
    await expect(open(as(ROLE, database.url))).rejects.toThrow(
      /: the role may not create tables in the schema public$/,
    );
  });

  test("one whose tables the role may only read", async () => {
    await (await open(database.url)).close();
    await run(
      database.url,
      `grant create on schema public to ${ROLE}; grant select on all tables in schema public to ${ROLE}`,
    );
    await expect(open(as(ROLE, database.url))).rejects.toThrow(
      /: the role may not write to the table accounts$/,
    );
  });

  test("one that is set to be read only", async () => {
    await expect(open(`${database.url}?options=-c%20default_transaction_read_only%3Don`)).rejects.toThrow(
      /: the role may only read: it has to be one that writes$/,
    );
  });
});

describe("read replicas", () => {
  test("answer for statistics, and where none does, the primary", async () => {
    await using primary = await makeDatabase();
    await using replica = await makeDatabase();
    const url = new URL(replica.url);
    const cable = await startCable(Number(url.port));
    url.port = String(cable.port);
    const here = await open(primary.url);
    await addPackage(here, "@acme/here");
    const there = await open(replica.url);
    const { id } = await addPackage(there, "@acme/there");
    const installed = { packageId: id, version: "1.0.0", day: "2026-03-01", count: 3 };
    await there.transaction(async (tx) => await tx.addInstalls([installed]));

    const settings = postgresSettings(primary.url, { replicas: [url.href] });
    const { metadata: node } = await openPostgres(settings);
    const days = { from: "2026-03-01", to: "2026-03-01" };
    expect(await node.installs(id, days)).toBe(3);
    expect(await node.package("@acme/there")).toBeUndefined();
    expect(await node.transaction(async (tx) => await tx.installs(id, days))).toBe(0);
    await cable[Symbol.asyncDispose]();
    expect(await node.installs(id, days)).toBe(0);
    await Promise.all([here, there, node].map(async (one) => await one.close()));
  });
});

describe("the connections of a node", () => {
  test("are counted for operators, and no more than were configured", async () => {
    await using own = await makeDatabase();
    const { metadata: node } = await openPostgres(postgresSettings(own.url, { connections: 2 }));
    const { id } = await addPackage(node);
    const gauge = (state: string): number | undefined =>
      node.gauges?.find(({ labels }) => labels?.["pool"] === "primary" && labels["state"] === state)?.read();
    const touching = Array.from({ length: 6 }, async () =>
      node.transaction(async (tx) => await tx.touchPackage(id, LATER), "counts"),
    );
    expect(gauge("waiting")).toBeGreaterThan(0);
    await Promise.all(touching);
    expect(gauge("total")).toBe(2);
    expect(gauge("waiting")).toBe(0);
    await node.close();
  });

  test("are ended by the server when the node takes nothing of what it is sent, or is not there any more", async () => {
    await using own = await makeDatabase();
    const pool = connectionPool({ url: own.url, connections: 1, statementSeconds: 30 });
    const { rows } = await pool.query<{ name: string; setting: string }>(
      "select name, setting from pg_settings where name like 'tcp_%' or name like 'idle_in_tr%' order by name",
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]))).toMatchObject({
      idle_in_transaction_session_timeout: 10_000,
      tcp_keepalives_idle: 10,
      tcp_user_timeout: 10_000,
    });
    await pool.end();
  });

  test("acknowledge nothing that a crash could take back, also where the database is set to do so", async () => {
    await using own = await makeEmptyDatabase();
    await run(own.url, `alter database ${new URL(own.url).pathname.slice(1)} set synchronous_commit = off`);
    const pool = connectionPool({ url: own.url, connections: 1, statementSeconds: 30 });
    expect((await pool.query("show synchronous_commit")).rows).toEqual([{ synchronous_commit: "on" }]);
    await pool.end();
  });

  test("that were closed say so", async () => {
    await using own = await makeDatabase();
    const node = await open(own.url);
    await node.close();
    await expect(node.package("@acme/x")).rejects.toThrow("the connections to the database were closed");
    await expect(node.check()).rejects.toThrow("the connections to the database were closed");
  });
});

async function open(url: Secret): Promise<Metadata> {
  return (await openPostgres({ ...postgresSettings(""), url })).metadata;
}

function named(url: string, name: string): string {
  return new URL(`/${name}`, url).href;
}

function as(role: string, url: string): string {
  return url.replace("postgres@", `${role}@`);
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dirSync } from "tmp";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Metadata, MetadataWriter } from "../../plugin/src/store/metadata.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { type Cable, type Fate, startCable } from "../support/postgres-cable.ts";
import { makeEmptyDatabase, postgresSettings, type TestDatabase } from "../support/postgres-databases.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { addPackage, insertPackage, LATER } from "./samples.ts";

const NAME = "@acme/legal-documents";

describe("a connection that is lost", () => {
  let database: TestDatabase;
  let cable: Cable;
  let metadata: Metadata;

  beforeAll(async () => {
    database = await makeEmptyDatabase();
    const url = new URL(database.url);
    cable = await startCable(Number(url.port));
    url.port = String(cable.port);
    metadata = await open(url.href);
  });

  afterAll(async () => {
    cable.watch(() => undefined);
    await metadata.close();
    await cable[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test("before anything was written is replaced, and the work runs again", async () => {
    cable.watch(once("begin", "lost"));
    const [created, runs] = await counted(metadata, async (tx) => await insertPackage(tx, "@acme/begun"));
    expect(runs).toBe(2);
    expect(await metadata.package("@acme/begun")).toEqual(created);
  });

  test("at a rollback does not run the work again", async () => {
    const thrown = new Error("changed my mind");
    let runs = 0;
    const work = metadata.transaction(async (tx) => {
      runs += 1;
      await insertPackage(tx, "@acme/undone");
      cable.watch(once("rollback", "lost"));
      throw thrown;
    });
    await expect(work).rejects.toBe(thrown);
    expect(runs).toBe(1);
    expect(await metadata.package("@acme/undone")).toBeUndefined();
  });

  test("while a read waits is made anew", async () => {
    await addPackage(metadata, "@acme/read");
    cable.watch(once("select", "unanswered"));
    expect(await metadata.package("@acme/read")).toMatchObject({ rev: 0 });
  });

  test("before the commit arrived has written nothing, and the work runs again", async () => {
    const { id } = await addPackage(metadata, "@acme/before");
    cable.watch(once("commit", "lost"));
    expect(await counted(metadata, async (tx) => await tx.touchPackage(id, LATER))).toEqual([1, 2]);
    expect(await metadata.package("@acme/before")).toMatchObject({ rev: 1 });
  });

  test("after the commit is found to be committed, and the work does not run again", async () => {
    const { id } = await addPackage(metadata, "@acme/after");
    cable.watch(once("commit", "unanswered"));
    expect(await counted(metadata, async (tx) => await tx.touchPackage(id, LATER))).toEqual([1, 1]);
    expect(await metadata.package("@acme/after")).toMatchObject({ rev: 1 });
  });

  test("that the server itself ended is replaced", async () => {
    const { id } = await addPackage(metadata, "@acme/ended");
    let ended = false;
    const work = async (tx: MetadataWriter): Promise<number> => {
      const rev = await tx.touchPackage(id, LATER);
      if (!ended) await endOthers(database.url);
      ended = true;
      return rev;
    };
    expect(await counted(metadata, work)).toEqual([1, 2]);
  });
});

describe("a server", () => {
  let server: PostgresServer;
  let metadata: Metadata;
  const folder = dirSync({ unsafeCleanup: true });

  beforeAll(async () => {
    const rules = path.join(folder.name, "hba.conf");
    // The server runs as somebody else.
    await chmod(folder.name, 0o755);
    await writeFile(
      rules,
      "host all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nlocal all all trust\n",
    );
    server = await startPostgres({ durable: true, settings: [`hba_file=${rules}`] });
    await run(server.url("postgres"), "create role locked login password 'right'");
  });

  beforeEach(async () => {
    metadata = await open(server.url("postgres"));
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    folder.removeCallback();
  });

  test("that restarts makes readers and writers wait, and loses nothing", async () => {
    await addPackage(metadata, NAME);
    await server.kill();
    const [read, written] = [metadata.package(NAME), addPackage(metadata, "@acme/written")];
    await server.start();
    expect(await read).toMatchObject({ name: NAME });
    const created = await written;
    expect(await metadata.package("@acme/written")).toEqual(created);
    await metadata.close();
  });

  test("that dies at a commit leaves it open whether it was made, which is said", async () => {
    const cable = await startCable(server.port);
    const node = await open(server.url("postgres").replace(`:${server.port}/`, `:${cable.port}/`));
    let killed: Promise<void> | undefined;
    cable.watch((sent) => {
      if (!sent.includes("commit")) return undefined;
      killed ??= server.kill().then(async () => await server.start());
      return "lost";
    });
    const failure = await node
      .transaction((tx) => insertPackage(tx, "@acme/open"))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "ESTORAGE",
      message: "the connection to the database was lost at the end: the change may have been made, or not",
    });
    await killed;
    await node.close();
    await cable[Symbol.asyncDispose]();
    await metadata.close();
  });

  test("of which one process is killed at a commit gives its number to another transaction, which is not taken for it", async () => {
    const cable = await startCable(server.port);
    const node = await open(server.url("postgres").replace(`:${server.port}/`, `:${cable.port}/`));
    let others: Promise<void> | undefined;
    let haveCommitted = false;
    const failure = await node
      .transaction(async (tx) => {
        await insertPackage(tx, "@acme/killed");
        const [pid = 0] = await inTransactions(server.url("postgres"));
        cable.watch((sent) => {
          if (!sent.includes("commit") && others === undefined) return undefined;
          others ??= killProcess(server.url("postgres"), pid).then(() => void (haveCommitted = true));
          return haveCommitted ? undefined : "lost";
        });
      })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ESTORAGE" });
    await others;
    expect(await metadata.package("@acme/killed")).toBeUndefined();
    await node.close();
    await cable[Symbol.asyncDispose]();
    await metadata.close();
  });

  test("with another password says no in one line, without the password", async () => {
    const url = server.url("postgres").replace("postgres@", "locked:wr0ng-s3cret@");
    const failure = await open(url).catch((error: unknown) => error);
    expect(String(failure)).toBe(
      `Error: database 127.0.0.1:${server.port}/postgres: password authentication failed for user "locked"`,
    );
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain("wr0ng");
    await metadata.close();
  });
});

/** The fate of the first piece in which the text stands. */
function once(text: string, fate: Fate): (sent: string) => Fate {
  let isDone = false;
  return (sent) => {
    if (isDone || !sent.includes(text)) return undefined;
    isDone = true;
    return fate;
  };
}

/** What the work returned in the end, and how often it ran. */
async function counted<T>(
  metadata: Metadata,
  work: (tx: MetadataWriter) => Promise<T>,
): Promise<[T, number]> {
  let runs = 0;
  const result = await metadata.transaction(async (tx) => {
    runs += 1;
    return await work(tx);
  });
  return [result, runs];
}

async function open(url: string): Promise<Metadata> {
  return (await openPostgres(postgresSettings(url))).metadata;
}

async function endOthers(url: string): Promise<void> {
  await run(
    url,
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
}

/** Process numbers of those that are in a transaction and have nothing to do. */
async function inTransactions(url: string): Promise<number[]> {
  const rows = await run(url, "select pid from pg_stat_activity where state = 'idle in transaction'");
  return rows.map(({ pid }) => Number(pid));
}

/** As when the system is out of memory: the server starts all of its processes anew. Then some transactions are made. */
async function killProcess(url: string, pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  for (let made = 0; made < 5;) {
    await sleep(50);
    made += await run(url, "select pg_current_xact_id()").then(
      () => 1,
      () => 0,
    );
  }
}

async function run(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseQuery } from "../../plugin/src/registry/search/query.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import type { SearchPage } from "../../plugin/src/store/search.ts";
import { makeDatabase, postgresSettings, type TestDatabase } from "../support/postgres-databases.ts";
import { addPackage } from "./samples.ts";

/** Of a node; searches may have half of them. */
const CONNECTIONS = 4;
const SEARCHES = 12;
/** A read that waits for searches takes seconds. */
const READ_MS = 1_000;

let database: TestDatabase;
let metadata: Metadata;
/** Holds up what searches read, as a question that takes long does. */
let holder: pg.Client;

beforeEach(async () => {
  database = await makeDatabase();
  ({ metadata } = await openPostgres(postgresSettings(database.url, { connections: CONNECTIONS })));
  await addPackage(metadata, "@acme/read");
  holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query("begin; lock table search_documents in access exclusive mode");
});

afterEach(async () => {
  await holder.end();
  await metadata.close();
  await database[Symbol.asyncDispose]();
});

async function search(asked = metadata): Promise<SearchPage> {
  return await asked.search({
    ...parseQuery("documents"),
    sort: "relevance",
    from: 0,
    size: 10,
    facets: false,
    bodies: false,
    readable: [],
  });
}

test("searches that take long leave connections to those who read, and end after a few seconds", async () => {
  const searches = Array.from({ length: SEARCHES }, async () => await search());
  const settled = Promise.allSettled(searches);
  const begun = performance.now();
  expect(await metadata.package("@acme/read")).toMatchObject({ name: "@acme/read" });
  expect(performance.now() - begun).toBeLessThan(READ_MS);
  await expect(searches[0]).rejects.toMatchObject({
    code: "ESTORAGE",
    message: "the database took too long",
  });
  await holder.query("rollback");
  const answered = (await settled).filter(({ status }) => status === "fulfilled");
  expect(answered.length).toBeGreaterThanOrEqual(SEARCHES - CONNECTIONS);
}, 20_000);

test("a search is refused at once while many of them wait", async () => {
  const searches = Array.from({ length: 60 }, async () => await search());
  const settled = Promise.allSettled(searches);
  await expect(search()).rejects.toMatchObject({
    code: "ETOOMANY",
    retryAfter: 1,
  });
  await holder.query("rollback");
  await settled;
});

test("a search that takes too long for a replica is not asked of the primary as well", async () => {
  await using primary = await makeDatabase();
  const settings = postgresSettings(primary.url, { replicas: [database.url], statementSeconds: 1 });
  const { metadata: node } = await openPostgres(settings);
  for (let time = 0; time < 2; time += 1) {
    await expect(search(node)).rejects.toMatchObject({ message: "the database took too long" });
  }
  await node.close();
});

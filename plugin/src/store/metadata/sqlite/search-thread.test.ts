import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dirSync } from "tmp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addDocuments, sampleDocument, sampleQuery } from "../../../../../test/contract/samples.ts";
import type { Metadata } from "../../metadata.ts";
import { openSqlite } from "./open.ts";
import { searchThread } from "./search-thread.ts";

let folder: ReturnType<typeof dirSync>;
let file: string;
let metadata: Metadata;

beforeEach(async () => {
  folder = dirSync({ unsafeCleanup: true });
  file = join(folder.name, "registry.sqlite");
  metadata = await openSqlite({ file });
  await addDocuments(metadata, [sampleDocument("@acme/pdf")]);
});
afterEach(async () => {
  await metadata.close();
  folder.removeCallback();
});

test("queries asked together are all answered, each with its own hits", async () => {
  await addDocuments(
    metadata,
    Array.from({ length: 20 }, (_, index) => sampleDocument(`@acme/skill-w${index}`)),
  );
  const thread = searchThread(file);
  const pages = await Promise.all(
    Array.from({ length: 20 }, (_, index) => thread.search(sampleQuery(`w${index} `))),
  );
  expect(pages.map((page) => page.hits[0]?.name)).toEqual(
    Array.from({ length: 20 }, (_, index) => `@acme/skill-w${index}`),
  );
  await thread.close();
});

test("closing waits for what was asked before, and nothing can be asked after", async () => {
  const thread = searchThread(file);
  const asked = thread.search(sampleQuery("pdf"));
  await thread.close();
  expect((await asked).total).toBe(1);
  await expect(thread.search(sampleQuery("pdf"))).rejects.toThrow("closed");
  await thread.close();
});

test("a thread that was never asked closes at once", async () => {
  await expect(searchThread(file).close()).resolves.toBeUndefined();
});

test("a query that fails says why, and the next one is answered", async () => {
  const thread = searchThread(file);
  const broken = { ...sampleQuery("pdf"), sort: "nonsense" };
  // @ts-expect-error -- what no caller can ask for
  await expect(thread.search(broken)).rejects.toThrow(/search failed: .*undefined/);
  expect((await thread.search(sampleQuery("pdf"))).total).toBe(1);
  await thread.close();
});

test("a database that cannot be opened fails the query, and one that can be later does not", async () => {
  const thread = searchThread(join(folder.name, "later.sqlite"));
  await expect(thread.search(sampleQuery("pdf"))).rejects.toThrow("the search thread");
  const later = await openSqlite({ file: join(folder.name, "later.sqlite") });
  await addDocuments(later, [sampleDocument("@acme/pdf")]);
  expect((await thread.search(sampleQuery("pdf"))).total).toBe(1);
  await thread.close();
  await later.close();
});

test("the event loop goes on while a query runs", async () => {
  await addDocuments(
    metadata,
    Array.from({ length: 2_000 }, (_, index) =>
      sampleDocument(`@acme/s-${index}`, { description: "common words", body: "word ".repeat(200) }),
    ),
  );
  const thread = searchThread(file);
  await thread.search(sampleQuery("pdf"));
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 1);
  await Promise.all(Array.from({ length: 50 }, () => thread.search(sampleQuery("common words "))));
  clearInterval(ticking);
  await sleep(1);
  expect(ticks).toBeGreaterThan(2);
  await thread.close();
});

test("no more than two hundred queries wait, and those beyond are told to come back", async () => {
  const thread = searchThread(file);
  const asked = await Promise.allSettled(
    Array.from({ length: 250 }, () => thread.search(sampleQuery("pdf"))),
  );
  const refused = asked.filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(50);
  expect(refused[0]).toMatchObject({ reason: { code: "ETOOMANY", retryAfter: 1 } });
  expect((await thread.search(sampleQuery("pdf"))).total).toBe(1);
  await thread.close();
});

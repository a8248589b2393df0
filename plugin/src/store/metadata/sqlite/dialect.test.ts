import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { expect, test } from "vitest";
import { nodeSqliteDialect } from "./dialect.ts";

interface Notes {
  notes: { text: string | null };
}

function openNotes(connection: DatabaseSync) {
  connection.exec("create table notes (text text)");
  return new Kysely<Notes>({ dialect: nodeSqliteDialect(connection, "begin immediate") });
}

test("an error at which SQLite itself rolls back is passed on, and the next transaction works", async () => {
  using connection = new DatabaseSync(":memory:");
  const db = openNotes(connection);
  connection.exec("pragma max_page_count = 4");
  const insert = (text: string) =>
    db.transaction().execute((tx) => tx.insertInto("notes").values({ text }).execute());
  await expect(insert("x".repeat(100_000))).rejects.toThrow("full");
  await insert("short");
  expect(await db.selectFrom("notes").selectAll().execute()).toEqual([{ text: "short" }]);
});

test("transactions of one Kysely run one after the other", async () => {
  using connection = new DatabaseSync(":memory:");
  const db = openNotes(connection);
  const log: string[] = [];
  const run = (name: string) =>
    db.transaction().execute(async (tx) => {
      log.push(`${name} begins`);
      await tx.insertInto("notes").values({ text: name }).execute();
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.push(`${name} ends`);
    });
  await Promise.all([run("a"), run("b"), run("c")]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("counts the rows of a write and returns those of a returning clause", async () => {
  using connection = new DatabaseSync(":memory:");
  const db = openNotes(connection);
  const values = [{ text: "a" }, { text: "b" }];
  expect(
    (await db.insertInto("notes").values(values).executeTakeFirstOrThrow()).numInsertedOrUpdatedRows,
  ).toBe(2n);
  expect(await db.deleteFrom("notes").where("text", "=", "a").returning("text").execute()).toEqual([
    { text: "a" },
  ]);
  expect((await db.updateTable("notes").set({ text: null }).executeTakeFirstOrThrow()).numUpdatedRows).toBe(
    1n,
  );
});

import { join } from "node:path";
import { dirSync } from "tmp";
import { expect, test } from "vitest";
import { connectWriter } from "./connect.ts";
import { connectReader } from "./connect-reader.ts";

test("the writer is durable at commit, checks references and does not trust the schema", async () => {
  const folder = dirSync({ unsafeCleanup: true });
  const file = join(folder.name, "registry.sqlite");
  using writer = await connectWriter(file);
  const pragma = (name: string) => Object.values(writer.prepare(`pragma ${name}`).get() ?? {})[0];
  expect(pragma("journal_mode")).toBe("wal");
  expect(pragma("synchronous")).toBe(2);
  expect(pragma("foreign_keys")).toBe(1);
  expect(pragma("trusted_schema")).toBe(0);
  expect(pragma("busy_timeout")).toBeGreaterThan(0);
  folder.removeCallback();
});

test("the reader cannot write", async () => {
  const folder = dirSync({ unsafeCleanup: true });
  const file = join(folder.name, "registry.sqlite");
  using writer = await connectWriter(file);
  writer.exec("create table notes (text text)");
  using reader = connectReader(file);
  expect(() => reader.exec("insert into notes values ('x')")).toThrow("readonly");
  folder.removeCallback();
});

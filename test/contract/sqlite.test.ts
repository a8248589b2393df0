import { chmod, copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import { countOnly, failAt, faultPoints, faultyMetadata } from "../support/faulty-store.ts";
import { describeMetadata } from "./metadata.ts";
import { publishOnce } from "./publish-once.ts";
import { addPackage, sampleEntry, sampleQuery, sampleVersion } from "./samples.ts";
import { bumpInProcess, publishAndDie } from "./sqlite-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const template = temporaryFolder();
const EMPTY = join(template.path, "empty.sqlite");

beforeAll(async () => await (await openSqlite({ file: EMPTY })).close());
afterAll(() => template[Symbol.dispose]());

// Each starts with a copy: making the tables takes longer than most of the tests.
describeMetadata("sqlite", async () => {
  const folder = temporaryFolder();
  const file = join(folder.path, "registry.sqlite");
  await copyFile(EMPTY, file);
  const metadata = await openSqlite({ file });
  return {
    metadata,
    another: () => openSqlite({ file }),
    async [Symbol.asyncDispose]() {
      await metadata.close();
      folder[Symbol.dispose]();
    },
  };
});

const NAME = "@acme/legal-documents";

describe("the file of the sqlite adapter", () => {
  test("nobody but the registry can read it or its log", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "data", "registry.sqlite");
    const metadata = await openSqlite({ file });
    await addPackage(metadata);
    for (const path of [file, `${file}-wal`, `${file}-shm`])
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    await metadata.close();
  });

  test("a file that others could read is closed to them", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await (await openSqlite({ file })).close();
    await chmod(file, 0o644);
    await (await openSqlite({ file })).close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("it is in WAL mode, and closing leaves one file that holds everything", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    const metadata = await openSqlite({ file });
    await addPackage(metadata);
    expect(column(file, "pragma journal_mode")).toEqual(["wal"]);
    await metadata.close();
    await expect(stat(`${file}-wal`)).rejects.toMatchObject({ code: "ENOENT" });
    expect(column(file, "select name from packages")).toEqual([NAME]);
  });

  test("a folder in its place is an error", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    await mkdir(file);
    await expect(openSqlite({ file })).rejects.toThrow("unable to open");
  });
});

describe("stored rows", () => {
  test("an entry of the audit log is neither changed nor deleted", async () => {
    await withDatabase(async ({ file, metadata }) => {
      await metadata.transaction((tx) => tx.appendAudit(sampleEntry()));
      const before = await metadata.auditAfter(0, 10);
      const attempts = ["update audit set account = 'other'", "delete from audit"];
      for (const statement of attempts) expect(() => execute(file, statement)).toThrow("append-only");
      expect(await metadata.auditAfter(0, 10)).toEqual(before);
    });
  });

  test("a warning whose rule is gone is left out, the version stays readable", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "registry.sqlite");
    const metadata = await openSqlite({ file });
    const { id } = await addPackage(metadata);
    const [warning] = sampleVersion().warnings;
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    execute(
      file,
      `update versions set warnings = '${JSON.stringify([{ ...warning, code: "rule.of.old" }, warning])}'`,
    );
    expect((await metadata.version(id, "1.0.0"))?.warnings).toEqual([warning]);
    await metadata.close();
  });
});

describe("faults", () => {
  test.each(["ENOSPC", "EIO"] as const)("%s at any operation publishes all or nothing", async (code) => {
    const points = faultPoints((await operationsOfAPublish()).length);
    for (const [index, point] of points.entries()) {
      await withDatabase(async ({ metadata }) => {
        await expect(publishOnce(faultyMetadata(metadata, failAt(point, code)))).rejects.toMatchObject({
          code,
        });
        await expectPublished(metadata, index === points.length - 1);
      });
    }
  });

  test.each(["tx.begin", "tx.putVersion", "tx.commit"])(
    "a process killed before or after %s publishes all or nothing, and holds no lock",
    async (name) => {
      const operation = (await operationsOfAPublish()).indexOf(name) + 1;
      for (const moment of ["before", "after"] as const) {
        await withDatabase(async ({ file, metadata }) => {
          expect(await publishAndDie(file, { operation, moment })).toBe("SIGKILL");
          const published = name === "tx.commit" && moment === "after";
          await expectPublished(metadata, published);
          if (!published) await publishOnce(metadata);
          await expectPublished(metadata, true);
        });
      }
    },
  );

  test("several processes lose no write", async () => {
    await withDatabase(async ({ file, metadata }) => {
      await addPackage(metadata);
      const codes = await Promise.all([1, 2, 3].map(() => bumpInProcess(file, NAME, 60)));
      expect(codes).toEqual([0, 0, 0]);
      expect((await metadata.package(NAME))?.rev).toBe(180);
    });
  });
});

async function operationsOfAPublish(): Promise<readonly string[]> {
  const plan = countOnly();
  await withDatabase(({ metadata }) => publishOnce(faultyMetadata(metadata, plan)));
  expect(plan.operations.at(0)).toBe("tx.begin");
  expect(plan.operations).toContain("tx.putVersion");
  expect(plan.operations.at(-1)).toBe("tx.commit");
  return plan.operations;
}

/** Every trace of `publishOnce` is there, or none is. */
async function expectPublished(metadata: Metadata, published: boolean): Promise<void> {
  const found = await metadata.package(NAME);
  const count = Number(published);
  expect(found?.rev).toBe(published ? 1 : undefined);
  expect(await Array.fromAsync(metadata.integrities())).toHaveLength(count);
  expect((await metadata.search(sampleQuery("legal"))).total).toBe(count);
  expect(await metadata.auditAfter(0, 10)).toHaveLength(count);
  expect(await metadata.distTags(found?.id ?? 0)).toHaveLength(count);
}

async function withDatabase(
  work: (opened: { file: string; metadata: Metadata }) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  const file = join(folder.path, "registry.sqlite");
  const metadata = await openSqlite({ file });
  await work({ file, metadata });
  await metadata.close();
}

/** First column of all rows. */
function column(file: string, query: string): unknown[] {
  using database = new DatabaseSync(file);
  return database
    .prepare(query)
    .all()
    .map((row) => Object.values(row)[0]);
}

function execute(file: string, statement: string): void {
  using database = new DatabaseSync(file);
  database.exec(statement);
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Metadata, Scope } from "../../plugin/src/store/metadata.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { auditHash, FIRST_HASH } from "../../plugin/src/store/audit-hash.ts";
import { makeDatabase, postgresSettings, type TestDatabase } from "../support/postgres-databases.ts";
import { addPackage, LATER, sampleEntry, sampleVersion } from "./samples.ts";

/** Several handles on one database, as several nodes have it. */

let database: TestDatabase;
let nodes: Metadata[];

beforeAll(async () => {
  database = await makeDatabase();
  const settings = postgresSettings(database.url);
  nodes = await Promise.all([1, 2, 3].map(async () => (await openPostgres(settings)).metadata));
});

afterAll(async () => {
  await Promise.all(nodes.map(async (node) => await node.close()));
  await database[Symbol.asyncDispose]();
});

function node(index: number): Metadata {
  const found = nodes[index % nodes.length];
  if (found === undefined) throw new Error("no node was opened");
  return found;
}

describe("nodes", () => {
  test("that publish versions of one skill at the same time lose none", async () => {
    const name = "@acme/crowded";
    const { id } = await addPackage(node(0), name);
    const publish = async (index: number): Promise<void> =>
      await node(index).transaction(async (tx) => {
        const { rev } = (await tx.package(name)) ?? { rev: Number.NaN };
        const version = `1.0.${rev}`;
        await tx.putVersion(id, sampleVersion(version));
        await tx.setDistTag(id, { tag: "latest", version, manual: false });
        expect(await tx.touchPackage(id, LATER)).toBe(rev + 1);
      }, `package ${name}`);
    await Promise.all(Array.from({ length: 24 }, async (_, index) => await publish(index)));
    expect((await node(1).package(name))?.rev).toBe(24);
    expect(await node(2).versions(id)).toHaveLength(24);
    expect(await node(0).distTags(id)).toMatchObject([{ version: "1.0.23" }]);
  });

  test("write one audit log without a gap, whatever the scopes of their transactions", async () => {
    const append = async (writer: number): Promise<void> => {
      const scope: Scope | undefined = writer % 4 === 0 ? undefined : `package @acme/p${writer}`;
      for (let entry = 0; entry < 6; entry += 1) {
        const subject = `${writer}/${entry}`;
        await node(writer).transaction((tx) => tx.appendAudit(sampleEntry({ subject })), scope);
      }
    };
    await Promise.all(Array.from({ length: 8 }, async (_, writer) => await append(writer)));
    const log = await node(0).auditAfter(0, 100);
    expect(log.map(({ id }) => id)).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
    let hash = FIRST_HASH;
    for (const record of log) {
      hash = auditHash(hash, { ...record, detail: JSON.stringify(record.detail) });
      expect(record.hash).toBe(hash);
    }
  });

  test("do not wait for each other in different scopes", async () => {
    await expect(meeting("package @acme/a", "package @acme/b")).resolves.toBe("met");
    await expect(meeting("counts", "tokens")).resolves.toBe("met");
  });

  test.each([
    ["of the same scope", "package @acme/a", "package @acme/a"],
    ["without a scope", undefined, undefined],
    ["of which only the first has a scope", "counts", undefined],
    ["of which only the second has a scope", undefined, "counts"],
  ] as const)("wait for each other in transactions %s", async (_, first, second) => {
    const log: string[] = [];
    const inside = gate();
    const held = node(0).transaction(async (tx) => {
      await tx.registryId();
      inside.open();
      await new Promise((resolve) => setTimeout(resolve, 50));
      log.push("first");
    }, first);
    await inside.opened;
    await node(1).transaction(async (tx) => {
      await tx.registryId();
      log.push("second");
    }, second);
    await held;
    expect(log).toEqual(["first", "second"]);
  });

  test("whose transactions wait for each other's rows both come through", async () => {
    const [a, b] = [await addPackage(node(0), "@acme/left"), await addPackage(node(0), "@acme/right")];
    const [here, there] = [gate(), gate()];
    const touch = async (at: number, scope: Scope, ids: [number, number]): Promise<void> =>
      await node(at).transaction(async (tx) => {
        await tx.touchPackage(ids[0], LATER);
        (at === 0 ? here : there).open();
        await (at === 0 ? there : here).opened;
        await tx.touchPackage(ids[1], LATER);
      }, scope);
    await Promise.all([touch(0, "counts", [a.id, b.id]), touch(1, "tokens", [b.id, a.id])]);
    expect(await node(2).package("@acme/left")).toMatchObject({ rev: 2 });
    expect(await node(2).package("@acme/right")).toMatchObject({ rev: 2 });
  });

  test("write nothing that a transaction did not wait for", async () => {
    let late: Promise<unknown> | undefined;
    await node(0).transaction(async (tx) => {
      await tx.registryId();
      late = tx.setReserved("late", true).catch((error: unknown) => error);
    }, "counts");
    expect(await late).toEqual(new Error("a query came after the end of its transaction"));
    expect(await node(0).reservedNames()).toEqual([]);
  });

  test("are told of the same registry, and agree on who it is", async () => {
    const ids = await Promise.all(nodes.map(async (one) => await one.registryId()));
    expect(new Set(ids).size).toBe(1);
  });
});

/** Two transactions that end only when both are inside. */
async function meeting(first: Scope, second: Scope): Promise<"met"> {
  const [here, there] = [gate(), gate()];
  await Promise.all([
    node(0).transaction(async (tx) => {
      await tx.registryId();
      here.open();
      await there.opened;
    }, first),
    node(1).transaction(async (tx) => {
      await tx.registryId();
      there.open();
      await here.opened;
    }, second),
  ]);
  return "met";
}

function gate(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

import { expect, test, vi } from "vitest";
import { attemptLimiters, throttle } from "../../plugin/src/registry/throttle.ts";
import { connectionPool } from "../../plugin/src/store/metadata/postgres/pool.ts";
import { localNodes } from "../../plugin/src/store/nodes/local.ts";
import { postgresNodes } from "../../plugin/src/store/nodes/postgres.ts";
import { makeDatabase } from "../support/postgres-databases.ts";
import { describeNodes, describeSharedNodes, type TestNodes } from "./nodes.ts";

describeNodes("of one process", async () => {
  const nodes = localNodes();
  return { nodes, other: nodes, [Symbol.asyncDispose]: async () => await nodes.close() };
});
describeNodes("PostgreSQL", openPostgresNodes);
describeSharedNodes("PostgreSQL", openPostgresNodes);

test("the only node of a registry brings all uses first, and agrees with itself", async () => {
  const nodes = localNodes();
  expect(await nodes.firstUses(1, ["a", "b"])).toEqual(new Set(["a", "b"]));
  expect(await nodes.agree("colour", "red")).toBe("red");
});

test("without its database nothing is let through, but for what is counted loosely", async () => {
  await using database = await makeDatabase();
  const pool = poolOf(database.url);
  const nodes = await postgresNodes(pool);
  await pool.end();
  const refused = { code: "ESTORAGE", message: "the registry cannot ask its database" };
  const limiter = nodes.limiter({ name: "limit", points: 1, seconds: 60 });
  await expect(limiter.consume("key")).rejects.toMatchObject(refused);
  await expect(limiter.penalty("key")).rejects.toMatchObject(refused);
  await expect(nodes.lease("work", 60)).rejects.toMatchObject(refused);
  await expect(nodes.firstUses(1, ["a"])).rejects.toMatchObject(refused);
  // Not even a right password is looked at: a guesser must not profit from an outage.
  const attempt = { account: "acme", address: "10.0.0.1" };
  const check = vi.fn<() => Promise<boolean>>(async () => true);
  await expect(throttle(attemptLimiters(nodes), attempt, check)).rejects.toMatchObject(refused);
  expect(check).not.toHaveBeenCalled();
  const loose = nodes.looseLimiter({ name: "loose", points: 1, seconds: 60 });
  await loose.consume("key");
  await expect(loose.consume("key")).rejects.toMatchObject({ consumedPoints: 2 });
  expect(Math.abs(nodes.now().getTime() - Date.now())).toBeLessThan(1_000);
  await nodes.close();
});

test("the tables hold no key as it was typed, and no address", async () => {
  await using database = await makeDatabase();
  const pool = poolOf(database.url);
  const nodes = await postgresNodes(pool);
  const limiter = nodes.limiter({ name: "accounts", points: 1, seconds: 60 });
  await limiter.consume("a password in the wrong field");
  const { rows } = await pool.query<{ key: string }>("select key from rate_limits");
  expect(rows).toEqual([{ key: expect.stringMatching(/^accounts:[\w-]{43}$/) }]);
  await nodes.close();
  await pool.end();
});

function poolOf(url: string): ReturnType<typeof connectionPool> {
  return connectionPool({ url, connections: 5, statementSeconds: 30 });
}

async function openPostgresNodes(): Promise<TestNodes> {
  const database = await makeDatabase();
  const pools = [1, 2].map(() => poolOf(database.url));
  const [nodes, other] = await Promise.all(pools.map(postgresNodes));
  if (nodes === undefined || other === undefined) throw new Error("two pools make two nodes");
  return {
    nodes,
    other,
    async [Symbol.asyncDispose]() {
      await nodes.close();
      await other.close();
      for (const pool of pools) await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

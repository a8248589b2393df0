import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lease, Limiter, Nodes } from "../../plugin/src/store/nodes.ts";

export interface TestNodes extends AsyncDisposable {
  nodes: Nodes;
  /** Another node of the same registry; the same one where there can be no other. */
  other: Nodes;
}

const HOUR = 492_000;

/** What every adapter of the port does, seen from two nodes. */
export function describeNodes(name: string, open: () => Promise<TestNodes>): void {
  describe(`nodes: ${name}`, () => {
    let opened: TestNodes;
    let count = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => await opened[Symbol.asyncDispose]());

    /** One limiter, as both nodes have it. */
    function limiters(points: number, seconds = 60): [Limiter, Limiter] {
      count += 1;
      const limit = { name: `limit-${count}`, points, seconds };
      const mine = opened.nodes.limiter(limit);
      return [mine, opened.nodes === opened.other ? mine : opened.other.limiter(limit)];
    }

    describe("a limiter", () => {
      test("gives out its points once, whichever node is asked", async () => {
        const [mine, theirs] = limiters(3);
        const asked = [mine, theirs, mine, theirs, mine];
        const results = await Promise.allSettled(asked.map(async (one) => await one.consume("key")));
        expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
        await expect(theirs.consume("key")).rejects.toMatchObject({ consumedPoints: 6, remainingPoints: 0 });
        expect(await theirs.consume("other key")).toMatchObject({ consumedPoints: 1, remainingPoints: 2 });
      });

      test("begins anew when its time is over, and a longer one that is asked for is kept", async () => {
        const [mine, theirs] = limiters(1, 0.2);
        const first = await mine.consume("key");
        expect(first.msBeforeNext).toBeGreaterThan(100);
        expect(first.msBeforeNext).toBeLessThanOrEqual(200);
        await theirs.consume("longer", 1, { customDuration: 60 });
        await sleep(250);
        expect(await theirs.consume("key")).toMatchObject({ consumedPoints: 1 });
        await expect(mine.consume("longer")).rejects.toMatchObject({ consumedPoints: 2 });
      });

      test("takes penalties and rewards, and forgets a key", async () => {
        const [mine, theirs] = limiters(2);
        expect(await mine.penalty("key")).toMatchObject({ consumedPoints: 1 });
        expect(await theirs.penalty("key", 5)).toMatchObject({ consumedPoints: 6, remainingPoints: 0 });
        expect(await mine.reward("key", 6)).toMatchObject({ consumedPoints: 0, remainingPoints: 2 });
        await theirs.penalty("key", 2);
        expect(await mine.delete("key")).toBe(true);
        expect(await theirs.delete("key")).toBe(false);
        expect(await theirs.consume("key")).toMatchObject({ consumedPoints: 1 });
      });

      test("takes any text for a key, and tells its keys from those of others", async () => {
        const [mine, theirs] = limiters(1);
        const [others] = limiters(1);
        for (const key of ["\0", "\ud800", "x".repeat(10_000), "'; drop table rate_limits; --", ""]) {
          await mine.consume(key);
          await expect(theirs.consume(key)).rejects.toMatchObject({ consumedPoints: 2 });
          await others.consume(key);
        }
      });
    });

    test("a loose limiter counts at once on its own node", async () => {
      const loose = opened.nodes.looseLimiter({ name: "loose", points: 2, seconds: 60 });
      expect(await loose.consume("key")).toMatchObject({ consumedPoints: 1, remainingPoints: 1 });
      await loose.consume("key");
      await expect(loose.consume("key")).rejects.toMatchObject({ remainingPoints: 0 });
      await loose.consume("other");
    });

    test("the salt of an hour is the same on all nodes, and that of another hour is another", async () => {
      const [mine, theirs] = await Promise.all([
        opened.nodes.clientSalt(HOUR),
        opened.other.clientSalt(HOUR),
      ]);
      expect(mine).toBe(theirs);
      expect(await opened.nodes.clientSalt(HOUR + 1)).not.toBe(mine);
    });

    describe("a lease", () => {
      const take = async (of: Nodes, name: string, seconds = 60): Promise<Lease | undefined> =>
        await of.lease(name, seconds);

      test("has one holder at a time", async () => {
        const asked = Array.from({ length: 10 }, (_, index) =>
          take(index % 2 === 0 ? opened.nodes : opened.other, "work"),
        );
        const held = (await Promise.all(asked)).filter((lease) => lease !== undefined);
        expect(held).toHaveLength(1);
        expect(await take(opened.other, "other work")).toBeDefined();
        await held[0]?.end();
        expect(await take(opened.other, "work")).toBeDefined();
      });

      test("ends by itself, unless it is extended", async () => {
        const dead = await take(opened.nodes, "dead", 0.1);
        const alive = await take(opened.nodes, "alive", 0.1);
        expect(await alive?.extend(60)).toBe(true);
        await sleep(150);
        expect(await take(opened.other, "alive")).toBeUndefined();
        expect(await take(opened.other, "dead")).toBeDefined();
        expect(await dead?.extend(60)).toBe(false);
        await dead?.end();
        expect(await take(opened.nodes, "dead")).toBeUndefined();
      });
    });
  });
}

/** What several nodes do together. */
export function describeSharedNodes(name: string, open: () => Promise<TestNodes>): void {
  describe(`several nodes: ${name}`, () => {
    let opened: TestNodes;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => await opened[Symbol.asyncDispose]());

    test("a use is the first one on one node, which gets the same answer when it asks again", async () => {
      const hashes = Array.from({ length: 2_500 }, (_, index) => `hash-${index}`);
      const [mine, theirs] = await Promise.all([
        opened.nodes.firstUses(HOUR, hashes),
        opened.other.firstUses(HOUR, hashes.toReversed()),
      ]);
      expect(mine.size + theirs.size).toBe(hashes.length);
      expect(new Set([...mine, ...theirs])).toEqual(new Set(hashes));
      expect(await opened.nodes.firstUses(HOUR, hashes)).toEqual(mine);
    });

    test("uses and salts older than the last hour are forgotten", async () => {
      await opened.nodes.firstUses(HOUR + 10, ["a use"]);
      const salt = await opened.nodes.clientSalt(HOUR + 10);
      expect(await opened.other.firstUses(HOUR + 11, ["a use"])).toEqual(new Set(["a use"]));
      expect(await opened.other.firstUses(HOUR + 10, ["a use"])).toEqual(new Set());
      expect(await opened.other.clientSalt(HOUR + 10)).toBe(salt);
      await opened.other.firstUses(HOUR + 12, ["a use"]);
      expect(await opened.other.firstUses(HOUR + 10, ["a use"])).toEqual(new Set(["a use"]));
      expect(await opened.other.clientSalt(HOUR + 13)).not.toBe(salt);
    });

    test("a loose limiter knows of the other node a second later", async () => {
      const limit = { name: "loose", points: 10, seconds: 60 };
      const [mine, theirs] = [opened.nodes.looseLimiter(limit), opened.other.looseLimiter(limit)];
      await mine.consume("key", 8);
      await sleep(1_200);
      expect(await theirs.consume("key")).toMatchObject({ consumedPoints: 1 });
      await expect
        .poll(async () => (await theirs.consume("key", 0)).consumedPoints, { timeout: 5_000 })
        .toBe(9);
      await theirs.consume("key");
      await expect(theirs.consume("key")).rejects.toMatchObject({ consumedPoints: 11 });
    });

    test("all keep to what the first one said", async () => {
      const said = await Promise.all([
        opened.nodes.agree("colour", "red"),
        opened.other.agree("colour", "blue"),
      ]);
      expect(new Set(said).size).toBe(1);
      expect(await opened.other.agree("size", "large")).toBe("large");
    });
  });
}

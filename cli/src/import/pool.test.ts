import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { inPool } from "./pool.ts";

test("a pool does so many things at a time, and gives the results in order", async () => {
  let running = 0;
  let most = 0;
  const results = await inPool([30, 1, 20, 1, 1], 2, async (milliseconds) => {
    most = Math.max(most, ++running);
    await setTimeout(milliseconds);
    running--;
    return milliseconds;
  });
  expect(results).toEqual([30, 1, 20, 1, 1]);
  expect(most).toBe(2);
});

test("a pool begins nothing more after a failure", async () => {
  const begun: number[] = [];
  const work = inPool([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    await setTimeout(item);
    if (item === 1) throw new Error("one");
  });
  await expect(work).rejects.toThrow("one");
  await setTimeout(20);
  expect(begun).toEqual([1, 2]);
});

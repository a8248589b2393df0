import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { turns } from "./turns.ts";

test("no more than so many pieces of work run at once, in the order they came, and a failure gives its place back", async () => {
  const inTurn = turns(2);
  const [begun, failed]: [number[], unknown[]] = [[], []];
  let [running, most] = [0, 0];
  const work = async (index: number): Promise<void> => {
    begun.push(index);
    running += 1;
    most = Math.max(most, running);
    await nextTurn();
    running -= 1;
    if (index % 2 === 0) throw new Error(`${index}`);
  };
  const indexes = Array.from({ length: 9 }, (_, index) => index);
  await Promise.all(indexes.map((index) => inTurn(() => work(index)).catch((error) => failed.push(error))));
  expect([begun, most, failed.length]).toEqual([indexes, 2, 5]);
  await expect(inTurn(async () => "there is a place")).resolves.toBe("there is a place");
});

import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { mapFew } from "./files.ts";

test("many files are opened a few at a time, and come back in their order", async () => {
  let [open, most] = [0, 0];
  const items = Array.from({ length: 300 }, (_, index) => index);
  const results = await mapFew(items, async (item) => {
    most = Math.max(most, ++open);
    await setImmediate();
    open -= 1;
    return item;
  });
  expect(results).toEqual(items);
  // The smallest limit of open files that systems have by default is 256.
  expect(most).toBeLessThan(200);
});

import { expect, it } from "vitest";
import { openPatiently } from "./start-patiently.ts";

const away = (): Error => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

it("a start waits for a storage that does not answer yet, and says so once", async () => {
  const lines: string[] = [];
  let tries = 0;
  const opened = await openPatiently(
    async () => {
      tries += 1;
      // As adapters say it to users.
      if (tries < 4) throw new Error("the database cannot be reached", { cause: away() });
      return "open";
    },
    { waiting: (text) => lines.push(text), pauseMs: 1 },
  );
  expect([opened, tries]).toEqual(["open", 4]);
  expect(lines).toEqual([
    "the storage does not answer yet: the database cannot be reached: connect ECONNREFUSED",
  ]);
});

it("a start gives up with a line that says how long it waited, and why", async () => {
  const opening = openPatiently(async () => await Promise.reject(away()), {
    waiting: () => undefined,
    patienceMs: 20,
    pauseMs: 5,
  });
  await expect(opening).rejects.toThrow("the storage did not answer for 0 s: connect ECONNREFUSED");
});

it("a start does not try again what will be refused again", async () => {
  let tries = 0;
  const opening = openPatiently(
    async () => {
      tries += 1;
      return await Promise.reject(new Error("password authentication failed"));
    },
    { waiting: () => undefined },
  );
  await expect(opening).rejects.toThrow("password authentication failed");
  expect(tries).toBe(1);
});

import { describe, expect, it } from "vitest";
import { openDomain } from "../../../test/support/publishing.ts";
import { temporaryFolder } from "../../../test/contract/temporary-folder.ts";
import type { Parts } from "./parts.ts";
import { dailyPopularity } from "./popularity.ts";

const DAY = "2026-03-01";

describe("the work of the day", () => {
  /** Two nodes over one database; `days` are those of the refreshes, by node. */
  async function withNodes(
    test: (
      nodes: { run: (day: string) => Promise<void>; days: string[] }[],
      fail: (error?: Error) => void,
    ) => Promise<void>,
  ): Promise<void> {
    using folder = temporaryFolder();
    const registry = await openDomain(folder.path);
    const { parts } = registry.services;
    await parts.metadata.transaction((tx) =>
      tx.insertPackage({
        name: "@acme/x",
        namespace: "acme",
        visibility: "public",
        at: `${DAY}T00:00:00.000Z`,
      }),
    );
    let failure: Error | undefined;
    const node = () => {
      const days: string[] = [];
      const transaction: Parts["metadata"]["transaction"] = async (work, scope) => {
        if (failure !== undefined) throw failure;
        return await parts.metadata.transaction(
          async (tx) =>
            await work({
              ...tx,
              refreshDownloads: async (day, ids) => {
                days.push(day);
                await tx.refreshDownloads(day, ids);
              },
            }),
          scope,
        );
      };
      const metadata = { ...parts.metadata, transaction };
      return { run: dailyPopularity({ ...parts, metadata }, new AbortController().signal), days };
    };
    await test([node(), node()], (error) => (failure = error));
    await registry.close();
  }

  it("is done by one node, once", async () => {
    await withNodes(async ([one, other]) => {
      await Promise.all([one?.run(DAY), other?.run(DAY)]);
      await Promise.all([one?.run(DAY), other?.run(DAY)]);
      expect([...(one?.days ?? []), ...(other?.days ?? [])]).toEqual([DAY]);
      await other?.run("2026-03-02");
      await one?.run("2026-03-02");
      expect(other?.days.at(-1)).toBe("2026-03-02");
      expect(one?.days).not.toContain("2026-03-02");
    });
  });

  it("is done by another one when it failed", async () => {
    await withNodes(async ([one, other], fail) => {
      fail(new Error("the database is away"));
      await expect(one?.run(DAY)).rejects.toThrow("away");
      fail();
      await other?.run(DAY);
      expect(other?.days).toEqual([DAY]);
    });
  });
});

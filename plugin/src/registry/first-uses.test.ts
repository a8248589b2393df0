import { describe, expect, it } from "vitest";
import { type FirstUse, firstUses } from "./first-uses.ts";
import type { PendingCount } from "./pending-counts.ts";

function use(client: string, hour = 1): FirstUse {
  const counted = { kind: "download", packageId: 1, version: client, day: "2026-03-01", count: 1 } as const;
  return { hour, client, counted };
}

/** What all nodes know; `away` makes it fail. */
function sharedTable() {
  const known = new Set<string>();
  const table = {
    away: false,
    known,
    clientSalt: async (hour: number) => `salt of ${hour}`,
    async firstUses(hour: number, hashes: string[]) {
      if (table.away) throw new Error("away");
      const first = hashes.filter((hash) => !known.has(`${hour} ${hash}`));
      for (const hash of first) known.add(`${hour} ${hash}`);
      return new Set(first);
    },
  };
  return table;
}

describe("uses that several nodes saw", () => {
  /** Versions handed on, which name the clients here. */
  async function counted(nodes: ReturnType<typeof firstUses>): Promise<string[]> {
    const handedOn: PendingCount[] = [];
    await nodes.ask((count) => handedOn.push(count));
    return handedOn.map(({ version }) => version);
  }

  it("count on the node that says so first, in each hour", async () => {
    const table = sharedTable();
    const [mine, theirs] = [firstUses(table), firstUses(table)];
    for (const node of [mine, theirs]) {
      node.add(use("a"));
      node.add(use("b"));
      node.add(use("a", 2));
    }
    theirs.add(use("c"));
    expect(await counted(mine)).toEqual(["a", "b", "a"]);
    expect(await counted(theirs)).toEqual(["c"]);
    expect(await counted(mine)).toEqual([]);
  });

  it("are kept while nobody can be asked", async () => {
    const table = sharedTable();
    const node = firstUses(table);
    node.add(use("a"));
    table.away = true;
    await expect(counted(node)).rejects.toThrow("away");
    node.add(use("b"));
    table.away = false;
    expect(await counted(node)).toEqual(["a", "b"]);
  });

  it("are told without what tells the client", async () => {
    const table = sharedTable();
    const node = firstUses(table);
    node.add(use("a client"));
    await counted(node);
    expect([...table.known]).toEqual([expect.stringMatching(/^1 [\w-]{12}$/)]);
  });
});

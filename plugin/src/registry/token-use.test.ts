import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Token } from "../store/identity.ts";
import type { Metadata } from "../store/metadata.ts";
import { openSqlite } from "../store/metadata/sqlite/open.ts";
import { type TokenUse, tokenUse } from "./token-use.ts";

const FLUSH_MS = 10;
const AT = "2026-01-01T00:00:00.000Z";

describe("when tokens were last used", () => {
  let dir: string;
  let metadata: Metadata;
  let accountId: number;
  let now: Date;
  let failures: unknown[];
  /** Writes so far, and whether they fail. */
  let writes: number;
  let broken: boolean;
  let use: TokenUse;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "skills-use-"));
    metadata = await openSqlite({ file: path.join(dir, "registry.sqlite") });
    const account = { name: "acme", email: null, passwordHash: null, operator: false, lockedAt: null };
    accountId = await metadata.transaction(
      async (tx) => (await tx.insertAccount({ ...account, createdAt: AT }, "acme")).id,
    );
    [now, failures, writes, broken] = [new Date(AT), [], 0, false];
    const counted: Metadata = {
      ...metadata,
      transaction: async (work) => {
        writes += 1;
        if (broken) throw new Error("disk full");
        return await metadata.transaction(work);
      },
    };
    const failed = (error: unknown): void => void failures.push(error);
    use = tokenUse({ metadata: counted, now: () => now }, { failed, flushMs: FLUSH_MS });
  });
  afterEach(async () => {
    await use.close();
    await metadata.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function token(id: string): Promise<Token> {
    const limits = { readonly: false, packages: [], cidr: [], expiresAt: null, lastUsedAt: null };
    const names = { id, accountId, hash: id, hint: "skl_", name: null, trustId: null, provenance: null };
    const made: Token = { ...names, ...limits, kind: "token", createdAt: AT };
    await metadata.transaction((tx) => tx.insertToken(made));
    return made;
  }

  const stored = async (): Promise<(string | null)[]> =>
    (await metadata.tokens(accountId)).map(({ lastUsedAt }) => lastUsedAt);
  const found = async (id: string): Promise<Token> => {
    const known = await metadata.token(id);
    if (known === undefined) throw new Error(`no token ${id}`);
    return known.token;
  };
  const later = (minutes: number): void => void (now = new Date(now.getTime() + minutes * 60_000));

  it("is written with all others at once, some time after", async () => {
    const tokens = [await token("a"), await token("b")];
    for (const each of tokens) for (let count = 0; count < 50; count += 1) use.note(each);
    expect(await stored()).toEqual([null, null]);
    await expect.poll(stored).toEqual([AT, AT]);
    expect(writes).toBe(1);
  });

  it("is exact to five minutes, so that a busy token is written once in that time", async () => {
    use.note(await token("a"));
    await expect.poll(stored).toEqual([AT]);
    later(4.9);
    use.note(await found("a"));
    await wait(3 * FLUSH_MS);
    expect([await stored(), writes]).toEqual([[AT], 1]);
    later(0.1);
    use.note(await found("a"));
    await expect.poll(stored).toEqual(["2026-01-01T00:05:00.000Z"]);
  });

  it("is kept while it cannot be written, and its latest is written at last", async () => {
    const known = await token("a");
    broken = true;
    use.note(known);
    await expect.poll(() => failures.length).toBeGreaterThan(1);
    later(1);
    use.note(known);
    broken = false;
    await expect.poll(stored).toEqual(["2026-01-01T00:01:00.000Z"]);
  });

  it("is written at the end, also of tokens that were revoked meanwhile", async () => {
    const [kept, revoked] = [await token("a"), await token("b")];
    use.note(kept);
    use.note(revoked);
    await metadata.transaction((tx) => tx.deleteToken(accountId, revoked.id));
    await use.close();
    expect(await stored()).toEqual([AT]);
  });
});

import { expect, test } from "vitest";
import type { Trust } from "../../plugin/src/store/identity.ts";
import type { OpenMetadata } from "./metadata.ts";
import { AT, LATER, PROVENANCE, addAccount, sampleToken } from "./samples.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const C = "c".repeat(64);

function sampleTrust(changes: Partial<Trust> = {}): Trust {
  return {
    id: "trust-1",
    subject: "@acme/legal-documents",
    issuer: "github",
    claims: { repository_id: "123", constructor: "é" },
    createdBy: "acme",
    createdAt: AT,
    ...changes,
  };
}

/** Registered by `describeIdentity`. */
export function describeTokens(open: OpenMetadata): void {
  test("a token is found by its hash, with its account", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const account = await addAccount(metadata);
    const token = sampleToken(account.id);
    const unlimited = sampleToken(account.id, {
      id: "token-2",
      kind: "login",
      hash: B,
      name: null,
      readonly: false,
      packages: [],
      cidr: [],
      createdAt: LATER,
      expiresAt: null,
    });
    await metadata.transaction(async (tx) => {
      await tx.insertToken(unlimited);
      await tx.insertToken(token);
    });
    expect(await metadata.token(A)).toEqual({ token, account });
    expect(await metadata.token(B)).toEqual({ token: unlimited, account });
    expect(await metadata.token(C)).toBeUndefined();
    expect(await metadata.tokens(account.id)).toEqual([token, unlimited]);
  });

  test("a token tells that its account is locked from the very moment on", async () => {
    await using opened = await open();
    const another = await opened.another();
    const { id } = await addAccount(opened.metadata);
    await opened.metadata.transaction((tx) => tx.insertToken(sampleToken(id)));
    expect((await another.token(A))?.account?.lockedAt).toBeNull();
    await opened.metadata.transaction((tx) => tx.setLocked(id, LATER));
    expect((await another.token(A))?.account?.lockedAt).toBe(LATER);
    await another.close();
  });

  test("no two tokens have one secret", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    await metadata.transaction((tx) => tx.insertToken(sampleToken(id)));
    const again = sampleToken(id, { id: "token-2" });
    await expect(metadata.transaction((tx) => tx.insertToken(again))).rejects.toThrow(/unique/i);
  });

  test("a token is deleted by its own account only, and once", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [acme, other] = [await addAccount(metadata, "acme"), await addAccount(metadata, "other")];
    await metadata.transaction((tx) => tx.insertToken(sampleToken(acme.id)));
    expect(await metadata.transaction((tx) => tx.deleteToken(other.id, "token-1"))).toBe(false);
    expect(await metadata.tokens(acme.id)).toHaveLength(1);
    expect(await metadata.transaction((tx) => tx.deleteToken(acme.id, "token-1"))).toBe(true);
    expect(await metadata.transaction((tx) => tx.deleteToken(acme.id, "token-1"))).toBe(false);
    expect(await metadata.token(A)).toBeUndefined();
  });

  test("all tokens of an account are deleted, or those of some kinds, and of no other account", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [acme, other] = [await addAccount(metadata, "acme"), await addAccount(metadata, "other")];
    const kinds = ["login", "session", "token", "session"] as const;
    await metadata.transaction(async (tx) => {
      for (const [index, kind] of kinds.entries())
        await tx.insertToken(sampleToken(acme.id, { id: `t${index}`, hash: `${index}`, kind }));
      await tx.insertToken(sampleToken(other.id));
    });
    const end = (only?: (typeof kinds)[number][]) =>
      metadata.transaction((tx) => tx.deleteTokens(acme.id, only));
    expect(await end([])).toBe(0);
    expect(await end(["session", "login"])).toBe(3);
    expect((await metadata.tokens(acme.id)).map(({ kind }) => kind)).toEqual(["token"]);
    expect([await end(), await end()]).toEqual([1, 0]);
    expect(await metadata.tokens(other.id)).toHaveLength(1);
  });

  test("ended sessions and tokens of CI are swept; those that their owner knows stay", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    const ended = { expiresAt: AT };
    await metadata.transaction(async (tx) => {
      for (const kind of ["login", "session", "token", "publish"] as const) {
        const accountId = kind === "publish" ? null : id;
        await tx.insertToken(sampleToken(accountId, { ...ended, id: kind, hash: kind, kind }));
      }
      await tx.insertToken(
        sampleToken(id, { id: "later", hash: "later", kind: "session", expiresAt: LATER }),
      );
      await tx.insertToken(sampleToken(id, { id: "never", hash: "never", kind: "session", expiresAt: null }));
      await tx.deleteEndedTokens(LATER);
    });
    const left = (await metadata.tokens(id)).map((token) => token.id);
    expect(left.toSorted()).toEqual(["later", "login", "never", "token"]);
    expect(await metadata.token("publish")).toBeUndefined();
  });

  test("the last use is remembered, and an older one does not take its place", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    await metadata.transaction(async (tx) => {
      await tx.insertToken(sampleToken(id));
      await tx.insertToken(sampleToken(id, { id: "token-2", hash: B }));
      await tx.setTokensUsed([
        { id: "token-1", at: LATER },
        { id: "gone", at: LATER },
      ]);
      await tx.setTokensUsed([
        { id: "token-1", at: AT },
        { id: "token-2", at: AT },
      ]);
    });
    const uses = (await metadata.tokens(id)).map(({ lastUsedAt }) => lastUsedAt);
    expect(uses).toEqual([LATER, AT]);
  });

  test("trusts are listed by their exact subject, oldest first", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const skill = sampleTrust();
    const older = sampleTrust({ id: "trust-0", claims: {}, createdAt: "2026-01-01T00:00:00.000Z" });
    const namespace = sampleTrust({ id: "trust-2", subject: "@acme" });
    await metadata.transaction(async (tx) => {
      for (const trust of [skill, older, namespace]) await tx.insertTrust(trust);
    });
    expect(await metadata.trusts("@acme/legal-documents")).toEqual([older, skill]);
    expect(await metadata.trusts("@acme")).toEqual([namespace]);
    expect(await metadata.trusts("@acme/legal")).toEqual([]);
    expect(await metadata.trust("trust-2")).toEqual(namespace);
    expect(await metadata.trust("trust-3")).toBeUndefined();
  });

  test("a token of CI has no account and knows its run; it ends with its trust", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const ofRun = { kind: "publish", trustId: "trust-1", provenance: PROVENANCE } as const;
    const token = sampleToken(null, ofRun);
    const other = sampleToken(null, { ...ofRun, id: "token-2", hash: B, trustId: "trust-2" });
    await metadata.transaction(async (tx) => {
      await tx.insertTrust(sampleTrust());
      await tx.insertTrust(sampleTrust({ id: "trust-2" }));
      for (const each of [token, other]) await tx.insertToken(each);
    });
    expect(await metadata.token(A)).toEqual({ token, account: null });
    await metadata.transaction(async (tx) => {
      await tx.deleteTrust("trust-1");
      await tx.deleteTrust("never-there");
    });
    expect(await metadata.token(A)).toBeUndefined();
    expect(await metadata.token(B)).toEqual({ token: other, account: null });
    expect(await metadata.trust("trust-1")).toBeUndefined();
  });
}

import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import {
  AT,
  LATER,
  addAccount,
  insertAccount,
  insertPackage,
  sampleAccount,
  sampleIdentity,
  sampleNamespace,
  sampleToken,
} from "./samples.ts";

/** Registered by `describeIdentity`. */
export function describeAccounts(open: OpenMetadata): void {
  test("an account is found by its name and by its id only", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const created = await addAccount(metadata);
    expect(created).toEqual({ ...sampleAccount(), id: expect.any(Number) });
    expect(await metadata.account("acme")).toEqual(created);
    expect(await metadata.accountById(created.id)).toEqual(created);
    expect(await metadata.account("ACME")).toBeUndefined();
    expect(await metadata.account("")).toBeUndefined();
    expect(await metadata.accountById(created.id + 1)).toBeUndefined();
  });

  test("an account without an address and a password keeps none", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const bare = { email: null, passwordHash: null };
    await metadata.transaction((tx) => insertAccount(tx, "acme", bare));
    expect(await metadata.account("acme")).toMatchObject(bare);
  });

  test("an account owns the personal namespace of its name", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    expect(await metadata.namespace("acme")).toEqual(sampleNamespace("acme", { kind: "personal" }));
    expect(await metadata.members("acme")).toEqual([{ account: "acme", role: "owner" }]);
    expect(await metadata.memberships(id)).toEqual([{ namespace: "acme", kind: "personal", role: "owner" }]);
  });

  test("a name is taken once, by an account or by an organization", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const first = await addAccount(metadata);
    await metadata.transaction((tx) => tx.insertNamespace(sampleNamespace("globex"), "gdobex"));
    await expect(addAccount(metadata)).rejects.toThrow(/unique/i);
    await expect(addAccount(metadata, "globex")).rejects.toThrow(/unique/i);
    await expect(
      metadata.transaction((tx) => tx.insertNamespace(sampleNamespace("acme"), "acme")),
    ).rejects.toThrow(/unique/i);
    expect(await metadata.account("acme")).toEqual(first);
    expect(await metadata.account("globex")).toBeUndefined();
    expect(await metadata.namespace("globex")).toMatchObject({ kind: "org" });
    expect(await metadata.members("globex")).toEqual([]);
  });

  test("of two nodes that give one name away at once, one does", async () => {
    await using opened = await open();
    const another = await opened.another();
    const asked = [opened.metadata, another, opened.metadata, another].map((metadata, index) =>
      index % 3 === 0
        ? addAccount(metadata)
        : metadata.transaction((tx) => tx.insertNamespace(sampleNamespace("acme"), "acme")),
    );
    const done = await Promise.allSettled(asked);
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const personal = (await opened.metadata.namespace("acme"))?.kind === "personal";
    expect((await opened.metadata.account("acme")) !== undefined).toBe(personal);
    expect(await opened.metadata.members("acme")).toHaveLength(personal ? 1 : 0);
    await another.close();
  });

  test("password, address, lock and operator are set and taken back, of one account only", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [zoe, adam] = [await addAccount(metadata, "zoe"), await addAccount(metadata, "adam")];
    await metadata.transaction(async (tx) => {
      await tx.setPassword(zoe.id, "scrypt$y");
      await tx.setEmail(zoe.id, "zoe@mail.example.com");
      await tx.setEmail(zoe.id, "z@example.org");
      await tx.setLocked(zoe.id, LATER);
      for (const { id } of [zoe, adam]) await tx.setOperator(id, true);
    });
    const changed = {
      ...zoe,
      passwordHash: "scrypt$y",
      email: "z@example.org",
      lockedAt: LATER,
      operator: true,
    };
    expect(await metadata.operators()).toEqual([{ ...adam, operator: true }, changed]);
    await metadata.transaction(async (tx) => {
      await tx.setLocked(zoe.id, null);
      await tx.setOperator(adam.id, false);
    });
    expect(await metadata.operators()).toEqual([{ ...changed, lockedAt: null }]);
    expect(await metadata.lockedAccounts()).toEqual([]);
    expect(await metadata.account("adam")).toEqual(adam);
  });

  test("what an account has is its own", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [zoe, adam] = [await addAccount(metadata, "zoe"), await addAccount(metadata, "adam")];
    await metadata.transaction(async (tx) => {
      const { id } = await insertPackage(tx, "@zoe/x");
      await tx.setPackageOwner(id, zoe.id, true);
      await tx.insertToken(sampleToken(zoe.id, { createdAt: AT }));
      await tx.putIdentity(sampleIdentity(zoe.id));
    });
    expect(await metadata.tokens(adam.id)).toEqual([]);
    expect(await metadata.identities(adam.id)).toEqual([]);
    expect((await metadata.memberships(adam.id)).map(({ namespace }) => namespace)).toEqual(["adam"]);
  });
}

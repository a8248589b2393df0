import { describe, expect, test } from "vitest";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { AT, LATER, addPackage, sampleAccount, sampleKey, sampleToken, sampleVersion } from "./samples.ts";
import { describeSearch } from "./search.ts";
import { describeSignals } from "./signals.ts";
import { describeTransactions } from "./transactions.ts";

export interface OpenedMetadata extends AsyncDisposable {
  metadata: Metadata;
  /** A second handle on the same data, as another node has it. */
  another(): Promise<Metadata>;
}

export type OpenMetadata = () => Promise<OpenedMetadata>;

/** What every adapter of the port does. `open` starts from nothing each time. */
export function describeMetadata(name: string, open: OpenMetadata): void {
  describe(`metadata: ${name}`, () => {
    describe("accounts and tokens", () => {
      describeAccounts(open);
    });
    describe("packages", () => {
      describePackages(open);
    });
    describe("versions", () => {
      describeVersions(open);
    });
    describe("keys and audit", () => {
      describeRegistry(open);
    });
    describe("signals", () => {
      describeSignals(open);
    });
    describe("transactions", () => {
      describeTransactions(open);
    });
    describe("search", () => {
      describeSearch(open);
    });
  });
}

function describeAccounts(open: OpenMetadata): void {
  test("an account is found by its name only", async () => {
    await using opened = await open();
    const created = await opened.metadata.transaction((tx) => tx.insertAccount(sampleAccount()));
    expect(created).toEqual({ ...sampleAccount(), id: expect.any(Number) });
    expect(await opened.metadata.account("acme")).toEqual(created);
    expect(await opened.metadata.account("ACME")).toBeUndefined();
    expect(await opened.metadata.account("")).toBeUndefined();
  });

  test("an account without an address keeps none", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction((tx) => tx.insertAccount({ ...sampleAccount(), email: null }));
    expect((await metadata.account("acme"))?.email).toBeNull();
  });

  test("a name is taken once", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const first = await metadata.transaction((tx) => tx.insertAccount(sampleAccount()));
    await expect(metadata.transaction((tx) => tx.insertAccount(sampleAccount()))).rejects.toThrow(/unique/i);
    expect(await metadata.account("acme")).toEqual(first);
  });

  test("a token is found by its hash, with its account", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const account = await metadata.transaction((tx) => tx.insertAccount(sampleAccount()));
    const unlimited = sampleToken(account.id, {
      id: "token-2",
      hash: "b".repeat(64),
      name: null,
      readonly: false,
      cidr: [],
      createdAt: LATER,
      expiresAt: null,
    });
    await metadata.transaction(async (tx) => {
      await tx.insertToken(sampleToken(account.id));
      await tx.insertToken(unlimited);
    });
    expect(await metadata.token("a".repeat(64))).toEqual({ token: sampleToken(account.id), account });
    expect(await metadata.token("b".repeat(64))).toEqual({ token: unlimited, account });
    expect(await metadata.token("c".repeat(64))).toBeUndefined();
    expect(await metadata.tokens(account.id)).toEqual([sampleToken(account.id), unlimited]);
  });

  test("a token is deleted by its own account only, and once", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [acme, other] = await metadata.transaction(async (tx) => [
      await tx.insertAccount(sampleAccount("acme")),
      await tx.insertAccount(sampleAccount("other")),
    ]);
    await metadata.transaction((tx) => tx.insertToken(sampleToken(acme.id)));
    expect(await metadata.transaction((tx) => tx.deleteToken(other.id, "token-1"))).toBe(false);
    expect(await metadata.tokens(acme.id)).toHaveLength(1);
    expect(await metadata.transaction((tx) => tx.deleteToken(acme.id, "token-1"))).toBe(true);
    expect(await metadata.transaction((tx) => tx.deleteToken(acme.id, "token-1"))).toBe(false);
    expect(await metadata.token("a".repeat(64))).toBeUndefined();
  });
}

function describePackages(open: OpenMetadata): void {
  test("a new package has rev 0, and every touch raises it by one", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const created = await addPackage(metadata);
    expect(created).toEqual({
      id: created.id,
      name: "@acme/legal-documents",
      namespace: "acme",
      rev: 0,
      createdAt: AT,
      modifiedAt: AT,
    });
    expect(await metadata.transaction((tx) => tx.touchPackage(created.id, LATER))).toBe(1);
    expect(await metadata.transaction((tx) => tx.touchPackage(created.id, LATER))).toBe(2);
    expect(await metadata.package(created.name)).toEqual({ ...created, rev: 2, modifiedAt: LATER });
    expect(await metadata.package("@acme/legal")).toBeUndefined();
  });

  test("dist-tags are set, moved, listed by name and deleted", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const other = await addPackage(metadata, "@acme/other");
    await metadata.transaction(async (tx) => {
      await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
      await tx.setDistTag(id, { tag: "beta", version: "2.0.0", manual: true });
      await tx.putVersion(id, sampleVersion("1.0.0"));
      await tx.putVersion(id, sampleVersion("2.0.0"));
      await tx.setDistTag(id, { tag: "latest", version: "2.0.0", manual: true });
    });
    expect(await metadata.distTags(id)).toEqual([
      { tag: "beta", version: "2.0.0", manual: true },
      { tag: "latest", version: "2.0.0", manual: true },
    ]);
    expect(await metadata.distTags(other.id)).toEqual([]);
    await metadata.transaction(async (tx) => {
      await tx.deleteDistTag(id, "beta");
      await tx.deleteDistTag(id, "never-set");
    });
    expect(await metadata.distTags(id)).toEqual([{ tag: "latest", version: "2.0.0", manual: true }]);
  });

  test("a dist-tag cannot name a version that does not exist", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const tag = { tag: "latest", version: "1.0.0", manual: false };
    await expect(metadata.transaction((tx) => tx.setDistTag(id, tag))).rejects.toThrow(/foreign key/i);
    expect(await metadata.distTags(id)).toEqual([]);
  });

  test("stars count once per account and are listed by name", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const b = await addPackage(metadata, "@acme/b");
    const a = await addPackage(metadata, "@acme/a");
    await metadata.transaction(async (tx) => {
      const zoe = await tx.insertAccount(sampleAccount("zoe"));
      const adam = await tx.insertAccount(sampleAccount("adam"));
      for (const account of [zoe, adam, adam]) await tx.setStar(b.id, account.id, true);
      await tx.setStar(a.id, zoe.id, true);
      await tx.setStar(a.id, adam.id, false);
      for (const { id } of [a, b]) await tx.putVersion(id, sampleVersion());
    });
    expect(await metadata.starredBy("zoe")).toEqual(["@acme/a", "@acme/b"]);
    expect(await metadata.starredBy("adam")).toEqual(["@acme/b"]);
    expect(await metadata.starredBy("nobody")).toEqual([]);
    const zoe = await metadata.account("zoe");
    await metadata.transaction((tx) => tx.setStar(b.id, zoe?.id ?? 0, false));
    expect(await metadata.starredBy("zoe")).toEqual(["@acme/a"]);
    expect(await metadata.starredBy("adam")).toEqual(["@acme/b"]);
    await metadata.transaction((tx) => tx.buryVersion(b.id, "1.0.0", AT));
    expect(await metadata.starredBy("adam")).toEqual([]);
  });
}

function describeVersions(open: OpenMetadata): void {
  test("a version comes back as it was put", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const version = sampleVersion("1.0.0", {
      readme: `${"long ".repeat(50_000)} 🎉 \0 end`,
      deprecated: "old",
    });
    await metadata.transaction((tx) => tx.putVersion(id, version));
    expect(await metadata.version(id, "1.0.0")).toEqual(version);
    expect(await metadata.version(id, "1.0.1")).toBeUndefined();
    expect(await metadata.version(id + 1, "1.0.0")).toBeUndefined();
  });

  test("versions are listed oldest first, without readmes", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const { readme: _, ...older } = sampleVersion("2.0.0", { publishedAt: AT });
    const { readme: __, ...newer } = sampleVersion("1.0.0", { publishedAt: LATER });
    const { readme: ___, ...same } = sampleVersion("0.1.0", { publishedAt: LATER });
    await metadata.transaction(async (tx) => {
      for (const version of [newer, same, older]) await tx.putVersion(id, { ...version, readme: "text" });
    });
    expect(await metadata.versions(id)).toEqual([older, newer, same]);
    expect(await metadata.versions(id + 1)).toEqual([]);
  });

  test("a live version is never overwritten", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    const other = sampleVersion("1.0.0", { readme: "other" });
    await expect(metadata.transaction((tx) => tx.putVersion(id, other))).rejects.toThrow(/unique/i);
    expect(await metadata.version(id, "1.0.0")).toEqual(sampleVersion());
  });

  test("a buried version is a tombstone that still knows its bytes", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    await metadata.transaction((tx) => tx.putVersion(id, sampleVersion()));
    await metadata.transaction((tx) => tx.buryVersion(id, "1.0.0", LATER));
    const tombstone = sampleVersion("1.0.0", {
      manifest: {},
      readme: "",
      warnings: [],
      unpublishedAt: LATER,
    });
    expect(await metadata.version(id, "1.0.0")).toEqual(tombstone);
    expect(await metadata.versions(id)).toHaveLength(1);
    expect(await Array.fromAsync(metadata.integrities())).toEqual([]);
  });

  test("a version takes the place of its tombstone", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const again = sampleVersion("1.0.0", { publishedAt: LATER });
    await metadata.transaction(async (tx) => {
      await tx.putVersion(id, sampleVersion());
      await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
      await tx.buryVersion(id, "1.0.0", LATER);
      await tx.putVersion(id, again);
    });
    expect(await metadata.version(id, "1.0.0")).toEqual(again);
    expect(await metadata.versions(id)).toHaveLength(1);
    expect(await Array.fromAsync(metadata.integrities())).toEqual([again.integrity]);
  });

  test("a version is deprecated and undeprecated, others are not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addPackage(metadata);
    const deprecations = async () => (await metadata.versions(id)).map((version) => version.deprecated);
    await metadata.transaction(async (tx) => {
      await tx.putVersion(id, sampleVersion("1.0.0"));
      await tx.putVersion(id, sampleVersion("1.1.0"));
      await tx.setDeprecated(id, "1.0.0", "use 1.1.0");
    });
    expect(await deprecations()).toEqual(["use 1.1.0", null]);
    await metadata.transaction((tx) => tx.setDeprecated(id, "1.0.0", null));
    expect(await deprecations()).toEqual([null, null]);
  });

  test("integrities of all packages are streamed, however many there are", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [a, b] = [await addPackage(metadata, "@acme/a"), await addPackage(metadata, "@acme/b")];
    const expected = await metadata.transaction(async (tx) => {
      const versions = Array.from({ length: 1_250 }, (_, minor) => sampleVersion(`1.${minor}.0`));
      for (const version of versions) {
        await tx.putVersion(a.id, version);
        await tx.putVersion(b.id, version);
      }
      return versions.flatMap(({ integrity }) => [integrity, integrity]).toSorted();
    });
    const streamed: string[] = [];
    for await (const integrity of metadata.integrities()) {
      // Reads and writes go on while a consumer takes its time.
      if (streamed.length % 1_000 === 0) await metadata.transaction((tx) => tx.touchPackage(a.id, LATER));
      streamed.push(integrity);
    }
    expect(streamed.toSorted()).toEqual(expected);
  });
}

function describeRegistry(open: OpenMetadata): void {
  test("the newest signing key is the one in use", async () => {
    await using opened = await open();
    const { metadata } = opened;
    expect(await metadata.signingKey()).toBeUndefined();
    const newest = sampleKey({ keyid: "SHA256:2", createdAt: LATER });
    await metadata.transaction((tx) => tx.insertSigningKey(newest));
    await metadata.transaction((tx) => tx.insertSigningKey(sampleKey()));
    expect(await metadata.signingKey()).toEqual(newest);
  });

  test("the audit log is read newest first, as far back as asked", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const entries = ["a", "b", "c"].map((subject, index) => ({
      at: AT,
      account: index === 0 ? null : "acme",
      action: "publish",
      subject,
      detail: { version: "1.0.0", list: [1, { deep: true }] },
      address: "::1",
    }));
    await metadata.transaction(async (tx) => {
      for (const entry of entries) await tx.appendAudit(entry);
    });
    expect(await metadata.audit(10)).toEqual(entries.toReversed());
    expect(await metadata.audit(1)).toEqual(entries.slice(-1));
  });
}

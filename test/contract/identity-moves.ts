import { expect, test } from "vitest";
import type { Trust } from "../../plugin/src/store/identity.ts";
import type { Metadata, MetadataWriter, Package } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import {
  AT,
  LATER,
  addAccount,
  addPackage,
  sampleDocument,
  sampleNamespace,
  sampleQuery,
  sampleToken,
  sampleVersion,
} from "./samples.ts";

const GROUP_ROLE = { provider: "github", group: { id: "123", name: "acme-inc" } };

/** Registered by `describeIdentity`. */
export function describeMoves(open: OpenMetadata): void {
  describeRenames(open);
  describeMovedSkills(open);
}

function describeRenames(open: OpenMetadata): void {
  test("a renamed namespace takes its people, teams, trusts and settings along", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id: accountId } = await addAccount(metadata, "zoe");
    await metadata.transaction(async (tx) => {
      await addAcme(tx, accountId);
      await rename(tx, "acme", "globex");
    });
    expect(await metadata.namespace("globex")).toEqual(
      sampleNamespace("globex", { visibility: "restricted", createdAt: LATER }),
    );
    expect(await metadata.namespace("acme")).toEqual(
      sampleNamespace("acme", { visibility: "restricted", movedTo: "globex" }),
    );
    expect(await metadata.members("globex")).toEqual([{ account: "zoe", role: "maintainer" }]);
    expect(await metadata.groupRoles("globex")).toEqual([{ ...GROUP_ROLE, role: "member" }]);
    expect(await metadata.teamMembers("globex", "legal")).toEqual(["zoe"]);
    expect(await metadata.members("acme")).toEqual([]);
    expect(await metadata.groupRoles("acme")).toEqual([]);
    expect(await metadata.teams("acme")).toEqual([]);
  });

  test("trusts follow the new name, those of namespaces that begin alike do not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const subjects = ["@acme", "@acme/x", "@acme-labs", "@acme-labs/x", "@acm/e"];
    await metadata.transaction(async (tx) => {
      await tx.insertNamespace(sampleNamespace("acme"), "acme");
      for (const subject of subjects) await tx.insertTrust(sampleTrust(subject));
      await tx.insertToken(sampleToken(null, { kind: "publish", trustId: "@acme/x" }));
      await rename(tx, "acme", "globex");
    });
    const after = await Promise.all(subjects.map((id) => metadata.trust(id)));
    expect(after.map((trust) => trust?.subject)).toEqual([
      "@globex",
      "@globex/x",
      "@acme-labs",
      "@acme-labs/x",
      "@acm/e",
    ]);
    expect(await metadata.token("a".repeat(64))).toBeDefined();
  });

  test("every earlier name leads to the present one in one step, also after the way back", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction(async (tx) => {
      await tx.insertNamespace(sampleNamespace("a"), "a");
      await tx.insertNamespace(sampleNamespace("other", { movedTo: "elsewhere" }), "other");
      for (const [from, to] of [["a", "b"] as const, ["b", "c"] as const]) await rename(tx, from, to);
    });
    expect(await movedTo(metadata, ["a", "b", "c", "other"])).toEqual(["c", "c", null, "elsewhere"]);
    await metadata.transaction((tx) => rename(tx, "c", "a"));
    expect(await movedTo(metadata, ["a", "b", "c", "other"])).toEqual([null, "a", "a", "elsewhere"]);
  });

  test("a namespace is not renamed over another one, nor one that has moved already", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction(async (tx) => {
      for (const name of ["a", "b", "c"]) await tx.insertNamespace(sampleNamespace(name), name);
      await rename(tx, "c", "d");
    });
    for (const [from, to] of [["a", "b"] as const, ["a", "c"] as const, ["c", "e"] as const])
      await expect(metadata.transaction((tx) => rename(tx, from, to))).rejects.toThrow();
    expect(await movedTo(metadata, ["a", "b", "c", "d", "e"])).toEqual([null, null, "d", null, undefined]);
  });

  test("of two nodes that rename to one name at once, one does", async () => {
    await using opened = await open();
    const another = await opened.another();
    await opened.metadata.transaction(async (tx) => {
      for (const name of ["a", "b"]) await tx.insertNamespace(sampleNamespace(name), name);
    });
    const done = await Promise.allSettled([
      opened.metadata.transaction((tx) => rename(tx, "a", "c")),
      another.transaction((tx) => rename(tx, "b", "c")),
    ]);
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const moved = await movedTo(opened.metadata, ["a", "b"]);
    expect(moved.filter((name) => name === "c")).toHaveLength(1);
    await another.close();
  });
}

function describeMovedSkills(open: OpenMetadata): void {
  test("a moved skill is found by its new name, and its old names lead there", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const before = await addPackage(metadata, "@a/x");
    await metadata.transaction(async (tx) => {
      await move(tx, before, "@b/x");
      await move(tx, before, "@c/y");
    });
    expect(await metadata.package("@c/y")).toEqual({ ...before, name: "@c/y", namespace: "c" });
    expect(await metadata.package("@a/x")).toBeUndefined();
    expect(await movedPackages(metadata, ["@a/x", "@b/x"])).toEqual(["@c/y", "@c/y"]);
    expect(await movedPackages(metadata, ["@c/y", "@d/x"])).toEqual([undefined, undefined]);
    await metadata.transaction((tx) => move(tx, before, "@a/x"));
    expect(await metadata.package("@a/x")).toEqual(before);
    expect(await movedPackages(metadata, ["@a/x", "@b/x", "@c/y"])).toEqual([undefined, "@a/x", "@a/x"]);
  });

  test("its versions remember the name in their tarballs", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const before = await addPackage(metadata, "@a/x");
    await metadata.transaction(async (tx) => {
      await tx.putVersion(before.id, sampleVersion("1.0.0"));
      await move(tx, before, "@b/x");
      await tx.putVersion(before.id, sampleVersion("2.0.0"));
      await move(tx, before, "@c/x");
      await tx.putVersion(before.id, sampleVersion("3.0.0"));
    });
    const names = (await metadata.versions(before.id)).map(({ publishedAs }) => publishedAs);
    expect(names).toEqual(["@a/x", "@b/x", null]);
    await metadata.transaction((tx) => move(tx, before, "@a/x"));
    const back = (await metadata.versions(before.id)).map(({ publishedAs }) => publishedAs);
    expect(back).toEqual([null, "@b/x", "@c/x"]);
  });

  test("rights of the old namespace's teams and trusts of the old name end, owners of the skill stay", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id: accountId } = await addAccount(metadata, "zoe");
    const before = await addPackage(metadata, "@acme/x");
    await metadata.transaction(async (tx) => {
      await addAcme(tx, accountId);
      await tx.insertNamespace(sampleNamespace("globex"), "globex");
      await tx.setTeamPackage("acme", "legal", { packageId: before.id, permission: "read-write" });
      await tx.setPackageOwner(before.id, accountId, true);
      for (const subject of ["@acme", "@acme/x", "@acme/x2"]) await tx.insertTrust(sampleTrust(subject));
      await tx.insertToken(sampleToken(null, { kind: "publish", trustId: "@acme/x" }));
      await move(tx, before, "@globex/x");
    });
    expect(await metadata.teamPackages("acme", "legal")).toEqual([]);
    expect(await metadata.packageOwners(before.id)).toEqual(["zoe"]);
    const subjects = await Promise.all(["@acme", "@acme/x", "@acme/x2"].map((id) => metadata.trusts(id)));
    expect(subjects.map(({ length }) => length)).toEqual([1, 0, 1]);
    expect(await metadata.token("a".repeat(64))).toBeUndefined();
  });

  test("a skill that moves with its renamed namespace keeps the rights of the teams", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id: accountId } = await addAccount(metadata, "zoe");
    const before = await addPackage(metadata, "@acme/x");
    await metadata.transaction(async (tx) => {
      await addAcme(tx, accountId);
      await tx.setTeamPackage("acme", "legal", { packageId: before.id, permission: "read-write" });
      await rename(tx, "acme", "globex");
      await move(tx, before, "@globex/x");
    });
    expect(await metadata.teamPackages("globex", "legal")).toEqual([
      { package: "@globex/x", permission: "read-write" },
    ]);
  });

  test("a skill does not move over another one", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [a, b] = [await addPackage(metadata, "@a/x"), await addPackage(metadata, "@b/x")];
    await expect(metadata.transaction((tx) => move(tx, a, "@b/x"))).rejects.toThrow(/unique/i);
    expect(await metadata.package("@a/x")).toEqual(a);
    expect(await metadata.package("@b/x")).toEqual(b);
    expect(await metadata.movedPackage("@a/x")).toBeUndefined();
  });

  test("search finds it under its new name and namespace", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const before = await addPackage(metadata, "@acme/x");
    const secret = { restricted: true };
    await metadata.transaction((tx) => tx.putSearchDocument(before.id, sampleDocument("@acme/x", secret)));
    await metadata.transaction(async (tx) => {
      await move(tx, before, "@globex/y");
      await tx.putSearchDocument(before.id, sampleDocument("@globex/y", secret));
    });
    const found = async (text: string, readable: string[]) =>
      (await metadata.search(sampleQuery(text, { readable }))).hits.map(({ name, namespace }) => [
        name,
        namespace,
      ]);
    expect(await found("", ["globex"])).toEqual([["@globex/y", "globex"]]);
    expect(await found("namespace:globex", ["@globex/y"])).toEqual([["@globex/y", "globex"]]);
    expect(await found("", ["acme", "@acme/x"])).toEqual([]);
  });
}

/** Restricted by default, with `zoe` as maintainer and in the team `legal`, and a role for a group. */
async function addAcme(tx: MetadataWriter, accountId: number): Promise<void> {
  await tx.insertNamespace(sampleNamespace("acme", { visibility: "restricted" }), "acme");
  await tx.setRole("acme", accountId, "maintainer");
  await tx.setGroupRole("acme", GROUP_ROLE, "member");
  await tx.insertTeam("acme", "legal");
  await tx.setTeamMember("acme", "legal", { accountId, isMember: true });
}

function sampleTrust(subject: string): Trust {
  return { id: subject, subject, issuer: "github", claims: {}, createdBy: "zoe", createdAt: AT };
}

function rename(tx: MetadataWriter, from: string, to: string): Promise<void> {
  return tx.renameNamespace(from, { name: to, skeleton: to, at: LATER });
}

function move(tx: MetadataWriter, { id }: Package, name: string): Promise<void> {
  return tx.movePackage(id, { name, namespace: name.slice(1, name.indexOf("/")) });
}

function movedTo(metadata: Metadata, names: string[]): Promise<(string | null | undefined)[]> {
  return Promise.all(names.map(async (name) => (await metadata.namespace(name))?.movedTo));
}

function movedPackages(metadata: Metadata, names: string[]): Promise<(string | undefined)[]> {
  return Promise.all(names.map((name) => metadata.movedPackage(name)));
}

import { expect, test } from "vitest";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import { addAccount, addPackage, insertAccount, sampleNamespace } from "./samples.ts";

/** Registered by `describeIdentity`. */
export function describeTeams(open: OpenMetadata): void {
  test("teams are those of their namespace, each with its members and its skills", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { zoe, adam } = await addTeams(metadata);
    const [a, b] = [await addPackage(metadata, "@acme/a"), await addPackage(metadata, "@acme/b")];
    await metadata.transaction(async (tx) => {
      for (const accountId of [zoe, adam, adam])
        await tx.setTeamMember("acme", "legal", { accountId, isMember: true });
      await tx.setTeamPackage("acme", "legal", { packageId: b.id, permission: "read-only" });
      await tx.setTeamPackage("acme", "legal", { packageId: a.id, permission: "read-only" });
      await tx.setTeamPackage("acme", "legal", { packageId: b.id, permission: "read-write" });
    });
    expect(await metadata.teams("acme")).toEqual(["design", "legal"]);
    expect(await metadata.teams("globex")).toEqual(["legal"]);
    expect(await metadata.teams("nobody")).toEqual([]);
    expect(await metadata.teamMembers("acme", "legal")).toEqual(["adam", "zoe"]);
    expect(await metadata.teamPackages("acme", "legal")).toEqual([
      { package: "@acme/a", permission: "read-only" },
      { package: "@acme/b", permission: "read-write" },
    ]);
    for (const [namespace, team] of [["acme", "design"] as const, ["globex", "legal"] as const]) {
      expect(await metadata.teamMembers(namespace, team)).toEqual([]);
      expect(await metadata.teamPackages(namespace, team)).toEqual([]);
    }
  });

  test("members and skills leave a team, again and again without harm", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { zoe, adam } = await addTeams(metadata);
    const { id: packageId } = await addPackage(metadata);
    await metadata.transaction(async (tx) => {
      for (const accountId of [zoe, adam])
        await tx.setTeamMember("acme", "legal", { accountId, isMember: true });
      await tx.setTeamPackage("acme", "legal", { packageId, permission: "read-only" });
      for (let times = 0; times < 2; times += 1) {
        await tx.setTeamMember("acme", "legal", { accountId: zoe, isMember: false });
        await tx.setTeamPackage("acme", "legal", { packageId, permission: null });
      }
    });
    expect(await metadata.teamMembers("acme", "legal")).toEqual(["adam"]);
    expect(await metadata.teamPackages("acme", "legal")).toEqual([]);
  });

  test("a team that is not there has no members, is not deleted, and gets nothing", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { zoe } = await addTeams(metadata);
    expect(await metadata.teamMembers("acme", "sales")).toBeUndefined();
    expect(await metadata.teamPackages("nobody", "legal")).toBeUndefined();
    expect(await metadata.transaction((tx) => tx.deleteTeam("acme", "sales"))).toBe(false);
    const joining = metadata.transaction((tx) =>
      tx.setTeamMember("acme", "sales", { accountId: zoe, isMember: true }),
    );
    await expect(joining).rejects.toThrow("there is no team @acme:sales");
  });

  test("a team has its name once in its namespace, and needs one that is there", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await addTeams(metadata);
    const add = (namespace: string) => metadata.transaction((tx) => tx.insertTeam(namespace, "legal"));
    await expect(add("acme")).rejects.toThrow(/unique/i);
    await expect(add("nobody")).rejects.toThrow(/foreign key/i);
  });

  test("a deleted team takes its members' rights along, and leaves none to a later one of its name", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { zoe } = await addTeams(metadata);
    const { id: packageId } = await addPackage(metadata, "@acme/a", { visibility: "restricted" });
    await metadata.transaction(async (tx) => {
      await tx.setTeamMember("acme", "legal", { accountId: zoe, isMember: true });
      await tx.setTeamPackage("acme", "legal", { packageId, permission: "read-write" });
    });
    expect(await metadata.readable(zoe, "")).toEqual(["@acme/a", "zoe"]);
    expect(await metadata.transaction((tx) => tx.deleteTeam("acme", "legal"))).toBe(true);
    const question = { accountId: zoe, namespace: "acme", package: "@acme/a" };
    expect(await metadata.accessFacts(question)).toMatchObject({ team: null });
    expect(await metadata.readable(zoe, "")).toEqual(["zoe"]);
    expect(await metadata.collaborators(packageId)).toEqual([]);
    await metadata.transaction((tx) => tx.insertTeam("acme", "legal"));
    expect(await metadata.teamMembers("acme", "legal")).toEqual([]);
    expect(await metadata.teamPackages("globex", "legal")).toEqual([]);
  });

  test("a skill has owners of its own, each once, listed by name", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { zoe, adam } = await addTeams(metadata);
    const [a, b] = [await addPackage(metadata, "@acme/a"), await addPackage(metadata, "@acme/b")];
    await metadata.transaction(async (tx) => {
      for (const account of [zoe, adam, zoe]) await tx.setPackageOwner(a.id, account, true);
      await tx.setPackageOwner(b.id, adam, true);
      await tx.setPackageOwner(b.id, zoe, false);
    });
    expect(await metadata.packageOwners(a.id)).toEqual(["adam", "zoe"]);
    expect(await metadata.packageOwners(b.id)).toEqual(["adam"]);
    await metadata.transaction((tx) => tx.setPackageOwner(a.id, adam, false));
    expect(await metadata.packageOwners(a.id)).toEqual(["zoe"]);
  });

  test("collaborators are all with a right of their own, each with the most that it allows", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await addTeams(metadata);
    const { id: packageId } = await addPackage(metadata, "@acme/a");
    const names = ["owner", "maintainer", "member", "member-in-team", "skill-owner", "in-team"];
    await metadata.transaction(async (tx) => {
      const ids = new Map<string, number>();
      for (const name of names) ids.set(name, (await insertAccount(tx, name)).id);
      const idOf = (name: string) => ids.get(name) ?? 0;
      for (const role of ["owner", "maintainer", "member"] as const)
        await tx.setRole("acme", idOf(role), role);
      await tx.setRole("acme", idOf("member-in-team"), "member");
      await tx.setPackageOwner(packageId, idOf("skill-owner"), true);
      for (const team of ["legal", "design"]) {
        await tx.setTeamMember("acme", team, { accountId: idOf("in-team"), isMember: true });
        await tx.setTeamPackage("acme", team, { packageId, permission: "read-only" });
      }
      await tx.setTeamMember("acme", "legal", { accountId: idOf("member-in-team"), isMember: true });
      await tx.setTeamPackage("acme", "legal", { packageId, permission: "read-write" });
      await tx.setTeamMember("acme", "legal", { accountId: idOf("in-team"), isMember: false });
    });
    expect(await metadata.collaborators(packageId)).toEqual([
      { account: "in-team", permission: "read-only" },
      { account: "maintainer", permission: "read-write" },
      { account: "member", permission: "read-only" },
      { account: "member-in-team", permission: "read-write" },
      { account: "owner", permission: "read-write" },
      { account: "skill-owner", permission: "read-write" },
    ]);
  });
}

/** Two accounts, and the teams `acme:legal`, `acme:design`, `globex:legal` without anybody. */
async function addTeams(metadata: Metadata): Promise<{ zoe: number; adam: number }> {
  const [zoe, adam] = [await addAccount(metadata, "zoe"), await addAccount(metadata, "adam")];
  await metadata.transaction(async (tx) => {
    for (const name of ["acme", "globex"]) {
      await tx.insertNamespace(sampleNamespace(name), name);
      await tx.insertTeam(name, "legal");
    }
    await tx.insertTeam("acme", "design");
  });
  return { zoe: zoe.id, adam: adam.id };
}

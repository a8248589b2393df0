import { expect, test } from "vitest";
import { skeleton } from "../../plugin/src/registry/names/skeleton.ts";
import type { OpenMetadata } from "./metadata.ts";
import {
  AT,
  LATER,
  addAccount,
  addPackage,
  sampleNamespace,
  sampleQuarantine,
  sampleVersion,
} from "./samples.ts";

const GROUP = { provider: "github", group: { id: "123", name: "acme-inc" } };

/** Registered by `describeIdentity`. */
export function describeNamespaces(open: OpenMetadata): void {
  test("a namespace is found by its name, and its default visibility is set and taken back", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const acme = sampleNamespace("acme");
    await metadata.transaction(async (tx) => {
      await tx.insertNamespace(acme, "acme");
      await tx.insertNamespace(sampleNamespace("globex"), "gdobex");
      await tx.setNamespaceVisibility("acme", "restricted");
    });
    expect(await metadata.namespace("acme")).toEqual({ ...acme, visibility: "restricted" });
    expect(await metadata.namespace("globex")).toMatchObject({ visibility: null });
    expect(await metadata.namespace("Acme")).toBeUndefined();
    await metadata.transaction((tx) => tx.setNamespaceVisibility("acme", null));
    expect(await metadata.namespace("acme")).toEqual(acme);
  });

  test("an account has one role in a namespace, which is changed and taken away", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [zoe, adam] = [await addAccount(metadata, "zoe"), await addAccount(metadata, "adam")];
    await metadata.transaction(async (tx) => {
      await tx.insertNamespace(sampleNamespace("acme"), "acme");
      await tx.setRole("acme", zoe.id, "member");
      await tx.setRole("acme", adam.id, "maintainer");
      await tx.setRole("acme", zoe.id, "owner");
    });
    expect(await metadata.members("acme")).toEqual([
      { account: "adam", role: "maintainer" },
      { account: "zoe", role: "owner" },
    ]);
    expect(await metadata.memberships(zoe.id)).toEqual([
      { namespace: "acme", kind: "org", role: "owner" },
      { namespace: "zoe", kind: "personal", role: "owner" },
    ]);
    await metadata.transaction(async (tx) => {
      await tx.setRole("acme", zoe.id, null);
      await tx.setRole("acme", zoe.id, null);
    });
    expect(await metadata.members("acme")).toEqual([{ account: "adam", role: "maintainer" }]);
    expect(await metadata.members("nobody")).toEqual([]);
  });

  test("nobody gets a role in a namespace that is not there", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    await expect(metadata.transaction((tx) => tx.setRole("globex", id, "owner"))).rejects.toThrow(
      /foreign key/i,
    );
    await expect(metadata.transaction((tx) => tx.setGroupRole("globex", GROUP, "owner"))).rejects.toThrow(
      /foreign key/i,
    );
  });

  test("a group has one role, by its id: a new name of the group takes the place of the old", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const legal = { provider: "github", group: { id: "123/4", name: "acme-inc/legal" } };
    const renamed = { ...GROUP, group: { id: "123", name: "globex-inc" } };
    await metadata.transaction(async (tx) => {
      await tx.insertNamespace(sampleNamespace("acme"), "acme");
      await tx.setGroupRole("acme", GROUP, "member");
      await tx.setGroupRole("acme", legal, "maintainer");
      await tx.setGroupRole("acme", renamed, "owner");
    });
    const owner = { ...renamed, role: "owner" };
    expect(await metadata.groupRoles("acme")).toEqual([{ ...legal, role: "maintainer" }, owner]);
    await metadata.transaction((tx) => tx.setGroupRole("acme", legal, null));
    expect(await metadata.groupRoles("acme")).toEqual([owner]);
    expect(await metadata.groupRoles("nobody")).toEqual([]);
  });

  test("look-alikes are found by the length of their skeleton, with their live skills", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction(async (tx) => {
      for (const name of ["acme", "a-c-m-e", "globex", "ab"])
        await tx.insertNamespace(sampleNamespace(name), skeleton(name));
      await tx.renameNamespace("globex", { name: "glob", skeleton: skeleton("glob"), at: LATER });
    });
    const names = ["@acme/live", "@acme/empty", "@acme/gone", "@acme/quarantined"];
    for (const name of names) {
      const { id } = await addPackage(metadata, name);
      await metadata.transaction(async (tx) => {
        if (name !== "@acme/empty") await tx.putVersion(id, sampleVersion());
        if (name === "@acme/gone") await tx.buryVersion(id, "1.0.0", LATER);
        if (name === "@acme/quarantined") await tx.setQuarantine(id, "1.0.0", sampleQuarantine());
      });
    }
    const same = skeleton("acme");
    expect(await metadata.namespacesBySkeleton({ min: 4, max: 6 })).toEqual([
      { name: "a-c-m-e", skeleton: same, packages: 0 },
      { name: "acme", skeleton: same, packages: 1 },
      { name: "glob", skeleton: skeleton("glob"), packages: 0 },
      { name: "globex", skeleton: skeleton("globex"), packages: 0 },
    ]);
    expect(await metadata.namespacesBySkeleton({ min: 1, max: 3 })).toMatchObject([{ name: "ab" }]);
    expect(await metadata.namespacesBySkeleton({ min: 7, max: 99 })).toEqual([]);
  });

  test("names are reserved and given free", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await metadata.transaction(async (tx) => {
      for (const name of ["root", "admin", "admin"]) await tx.setReserved(name, true);
    });
    expect(await metadata.reservedNames()).toEqual(["admin", "root"]);
    await metadata.transaction(async (tx) => {
      for (const name of ["admin", "never-reserved"]) await tx.setReserved(name, false);
    });
    expect(await metadata.reservedNames()).toEqual(["root"]);
  });

  test("the visibility of a skill is its own", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const before = await addPackage(metadata, "@acme/open");
    const secret = await addPackage(metadata, "@acme/secret", { visibility: "restricted" });
    expect(secret).toMatchObject({ visibility: "restricted", createdAt: AT });
    await metadata.transaction(async (tx) => {
      await tx.setPackageVisibility(before.id, "restricted");
      await tx.setPackageVisibility(secret.id, "public");
    });
    expect(await metadata.package("@acme/open")).toEqual({ ...before, visibility: "restricted" });
    expect(await metadata.package("@acme/secret")).toEqual({ ...secret, visibility: "public" });
  });
}

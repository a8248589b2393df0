import fc from "fast-check";
import { expect, test } from "vitest";
import { includes, rightTo } from "../../plugin/src/registry/rights.ts";
import { type AccessFacts, ROLES, TEAM_PERMISSIONS, VISIBILITIES } from "../../plugin/src/store/identity.ts";
import type { Metadata, MetadataWriter } from "../../plugin/src/store/metadata.ts";
import type { OpenMetadata } from "./metadata.ts";
import {
  AT,
  LATER,
  addAccount,
  addPackage,
  insertAccount,
  insertPackage,
  sampleIdentity,
  sampleNamespace,
} from "./samples.ts";

const NOTHING = { role: null, groupRoles: [], owner: false, team: null };

/** What decides over rights. Registered by `describeIdentity`. */
export function describeAccess(open: OpenMetadata): void {
  test("facts are there for what is there, and for what is not", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id: accountId } = await addAccount(metadata, "zoe");
    const namespace = sampleNamespace("acme", { visibility: "restricted" });
    await metadata.transaction((tx) => tx.insertNamespace(namespace, "acme"));
    const { id } = await addPackage(metadata, "@acme/x", { visibility: "restricted" });
    const facts = (name: string, skill: string | null = null, account = accountId) =>
      metadata.accessFacts({ accountId: account, namespace: name, package: skill });
    const there = { ...NOTHING, namespace, package: { id, visibility: "restricted" } };
    expect(await facts("acme", "@acme/x")).toEqual(there);
    expect(await facts("acme", "@acme/x", accountId + 1)).toEqual(there);
    expect(await facts("acme", "@acme/y")).toEqual({ ...NOTHING, namespace, package: undefined });
    expect(await facts("acme")).toEqual({ ...NOTHING, namespace, package: undefined });
    expect(await facts("globex", "@globex/x")).toEqual({
      ...NOTHING,
      namespace: undefined,
      package: undefined,
    });
    expect(await facts("zoe")).toMatchObject({ role: "owner", namespace: { kind: "personal" } });
  });

  test("facts tell every combination of role, role by group, team and owner as it is", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const combinations = allCombinations();
    const accounts = await metadata.transaction((tx) => addCombinations(tx, combinations));
    expect(accounts).toHaveLength(96);
    for (const [index, accountId] of accounts.entries()) {
      const { role, groupRole, team, owner } = combinations[index] ?? {};
      const question = { accountId, namespace: "acme", package: "@acme/x" };
      const { groupRoles, ...facts } = await metadata.accessFacts(question);
      expect(facts).toMatchObject({ role, team, owner });
      expect(groupRoles.map((each) => each.role)).toEqual(groupRole === null ? [] : [groupRole]);
      const elsewhere = { accountId, namespace: "globex", package: "@globex/x" };
      expect(await metadata.accessFacts(elsewhere)).toMatchObject(NOTHING);
    }
  });

  test("roles by groups are told with the identity that has them and its time, one for each", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id: accountId } = await addAccount(metadata, "zoe");
    const groups = ["1", "2", "3"].map((id) => ({ id, name: `g${id}`, admin: false }));
    await metadata.transaction(async (tx) => {
      await tx.insertNamespace(sampleNamespace("acme"), "acme");
      for (const [id, role] of [["1", "member"] as const, ["2", "owner"] as const])
        await tx.setGroupRole("acme", { provider: "github", group: { id, name: id } }, role);
      await tx.setGroupRole("acme", { provider: "okta", group: { id: "3", name: "3" } }, "maintainer");
      await tx.putIdentity(sampleIdentity(accountId, { groups, groupsAt: AT }));
      await tx.putIdentity(sampleIdentity(accountId, { subject: "8", groups: [], groupsAt: LATER }));
      const okta = { provider: "okta", subject: "00u1", groups, groupsAt: LATER };
      await tx.putIdentity(sampleIdentity(accountId, okta));
    });
    const { groupRoles } = await metadata.accessFacts({ accountId, namespace: "acme", package: null });
    expect(groupRoles.toSorted((a, b) => (a.role < b.role ? -1 : 1))).toEqual([
      { provider: "okta", subject: "00u1", groupsAt: LATER, role: "maintainer" },
      { provider: "github", subject: "7", groupsAt: AT, role: "member" },
      { provider: "github", subject: "7", groupsAt: AT, role: "owner" },
    ]);
    expect(await metadata.readable(accountId, LATER)).toEqual(["acme", "zoe"]);
    expect(await metadata.readable(accountId, "2026-03-02T10:00:00.001Z")).toEqual(["zoe"]);
  });

  test("what is readable is what the facts allow to read, whoever has whatever right", async () => {
    await using opened = await open();
    const { metadata } = opened;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(WORLD, async (world) => {
        run += 1;
        const questions = await metadata.transaction((tx) => addWorld(tx, world, `w${run}`));
        expect(await disagreements(metadata, questions)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
}

interface Combination {
  role: AccessFacts["role"];
  groupRole: AccessFacts["role"];
  team: AccessFacts["team"];
  owner: boolean;
}

function allCombinations(): Combination[] {
  const roles = [null, ...ROLES];
  return roles.flatMap((role) =>
    roles.flatMap((groupRole) =>
      [null, ...TEAM_PERMISSIONS].flatMap((team) =>
        [false, true].map((owner) => ({ role, groupRole, team, owner })),
      ),
    ),
  );
}

/** An account for each; those with `read-write` are in a team for reading, too. Returns their ids. */
async function addCombinations(tx: MetadataWriter, combinations: Combination[]): Promise<number[]> {
  for (const name of ["acme", "globex"]) await tx.insertNamespace(sampleNamespace(name), name);
  const { id: packageId } = await insertPackage(tx, "@acme/x");
  await insertPackage(tx, "@globex/x");
  for (const permission of TEAM_PERMISSIONS) {
    await tx.insertTeam("acme", permission);
    await tx.setTeamPackage("acme", permission, { packageId, permission });
  }
  for (const role of ROLES)
    await tx.setGroupRole("acme", { provider: "github", group: { id: role, name: role } }, role);
  const accounts: number[] = [];
  for (const [index, { role, groupRole, team, owner }] of combinations.entries()) {
    const { id: accountId } = await insertAccount(tx, `account-${index}`);
    accounts.push(accountId);
    await tx.setRole("acme", accountId, role);
    const groups = groupRole === null ? [] : [{ id: groupRole, name: groupRole, admin: false }];
    await tx.putIdentity(sampleIdentity(accountId, { subject: `${index}`, groups }));
    const teams = team === "read-write" ? TEAM_PERMISSIONS : team === null ? [] : [team];
    for (const each of teams) await tx.setTeamMember("acme", each, { accountId, isMember: true });
    await tx.setPackageOwner(packageId, accountId, owner);
  }
  return accounts;
}

/** Two accounts, two namespaces, two skills in each, a team and a group in each; all rights at random. */
const ACCOUNTS = [0, 1] as const;
const NAMESPACES = ["a", "b"] as const;
const SKILLS = ["x", "y"] as const;

const account = fc.constantFrom(...ACCOUNTS);
const namespace = fc.constantFrom(...NAMESPACES);
const skill = fc.constantFrom(...SKILLS);
const role = fc.constantFrom(...ROLES);

const WORLD = fc.record({
  visibilities: fc.array(fc.constantFrom(...VISIBILITIES), { minLength: 4, maxLength: 4 }),
  roles: fc.array(fc.tuple(namespace, account, role), { maxLength: 3 }),
  groupRoles: fc.array(fc.tuple(namespace, role), { maxLength: 2 }),
  /** Of the account, told at the time. */
  groups: fc.array(fc.tuple(account, namespace, fc.constantFrom(AT, LATER)), { maxLength: 3 }),
  teamMembers: fc.array(fc.tuple(namespace, account), { maxLength: 2 }),
  teamPackages: fc.array(fc.tuple(namespace, skill, fc.constantFrom(...TEAM_PERMISSIONS)), { maxLength: 3 }),
  owners: fc.array(fc.tuple(namespace, skill, account), { maxLength: 2 }),
});

type World = typeof WORLD extends fc.Arbitrary<infer T> ? T : never;

interface Questions {
  accounts: number[];
  skills: { namespace: string; name: string }[];
}

/** Writes the world under names that begin with `prefix`. */
async function addWorld(tx: MetadataWriter, world: World, prefix: string): Promise<Questions> {
  const accounts: number[] = [];
  for (const each of ACCOUNTS) accounts.push((await insertAccount(tx, `${prefix}-${each}`)).id);
  const idOf = (index: number) => accounts[index] ?? 0;
  const packages = new Map<string, number>();
  for (const [at, space] of NAMESPACES.entries()) {
    const name = prefix + space;
    await tx.insertNamespace(sampleNamespace(name), name);
    await tx.insertTeam(name, "team");
    for (const [index, each] of SKILLS.entries()) {
      const visibility = world.visibilities[at * 2 + index] ?? "public";
      packages.set(space + each, (await insertPackage(tx, `@${name}/${each}`, { visibility })).id);
    }
  }
  const packageOf = (space: string, each: string) => packages.get(space + each) ?? 0;
  for (const [space, who, what] of world.roles) await tx.setRole(prefix + space, idOf(who), what);
  for (const [space, what] of world.groupRoles) {
    const group = { id: prefix + space, name: space };
    await tx.setGroupRole(prefix + space, { provider: "github", group }, what);
  }
  for (const [index, [who, space, groupsAt]] of world.groups.entries()) {
    const groups = [{ id: prefix + space, name: space, admin: false }];
    await tx.putIdentity(sampleIdentity(idOf(who), { subject: `${prefix}-${index}`, groups, groupsAt }));
  }
  for (const [space, who] of world.teamMembers)
    await tx.setTeamMember(prefix + space, "team", { accountId: idOf(who), isMember: true });
  for (const [space, each, permission] of world.teamPackages)
    await tx.setTeamPackage(prefix + space, "team", { packageId: packageOf(space, each), permission });
  for (const [space, each, who] of world.owners)
    await tx.setPackageOwner(packageOf(space, each), idOf(who), true);
  const skills = NAMESPACES.flatMap((space) =>
    SKILLS.map((each) => ({ namespace: prefix + space, name: `@${prefix}${space}/${each}` })),
  );
  return { accounts, skills };
}

/** Skills that a list shows and an access refuses, or the other way round. */
async function disagreements(metadata: Metadata, { accounts, skills }: Questions): Promise<string[]> {
  const found: string[] = [];
  for (const accountId of accounts) {
    for (const since of [AT, LATER]) {
      const readable = await metadata.readable(accountId, since);
      for (const { namespace: space, name } of skills) {
        const facts = await metadata.accessFacts({ accountId, namespace: space, package: name });
        const listed = readable.includes(space) || readable.includes(name);
        const seen = facts.package?.visibility === "public" || listed;
        if (seen !== mayRead(facts, since)) found.push(`${name}: ${seen ? "listed" : "not listed"}`);
      }
    }
  }
  return found;
}

function mayRead(facts: AccessFacts, since: string): boolean {
  const byGroups = facts.groupRoles.filter(({ groupsAt }) => groupsAt >= since);
  const roles = [...byGroups.map((each) => each.role), ...(facts.role === null ? [] : [facts.role])];
  const standing = { visibility: facts.package?.visibility ?? null, roles, owner: facts.owner };
  return includes(rightTo({ ...standing, team: facts.team }), "read");
}

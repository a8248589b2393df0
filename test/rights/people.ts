import type { Role } from "../../plugin/src/store/identity.ts";
import type { MetadataWriter } from "../../plugin/src/store/metadata.ts";
import { startOrgRegistry } from "../support/org.ts";
import { publishBody } from "../support/publish-body.ts";
import type { TestRegistry } from "../support/registry.ts";
import { giveRun, giveToken } from "../support/give-token.ts";
import type { Sight, Who } from "./rule.ts";

const AT = "2026-11-22T12:00:00.000Z";

/** A registry with the org @acme and somebody in every position to its skills. */
export interface Org extends AsyncDisposable {
  registry: TestRegistry;
  /** A skill of the kind, or a name without one, with everybody in their position to it. */
  arrange(sight: Sight): Promise<Arranged>;
}

export interface Arranged {
  /** `@acme/s1` */
  name: string;
  /** Secret of the token that somebody asks with; undefined for nobody. */
  tokenOf(who: Who): string | undefined;
}

/** Accounts and the tokens that are theirs whatever the skill is. */
interface Cast {
  ids: Record<string, number>;
  secrets: Partial<Record<Who, string>>;
}

export async function startOrg(): Promise<Org> {
  const registry = await startOrgRegistry({
    settings: (settings) => ({
      ...settings,
      registry: { ...settings.registry, operators: ["otto"], requestsPerMinute: 10_000_000 },
    }),
  });
  const { metadata } = registry.stores;
  const cast = await metadata.transaction(makeCast);
  let count = 0;
  return {
    registry,
    async arrange(sight) {
      const name = `@acme/s${++count}`;
      if (sight !== "missing")
        await publishFirst(registry, cast.secrets["an owner"], { name, access: sight });
      const secrets = await metadata.transaction((tx) => takePositions(tx, cast, name));
      return { name, tokenOf: (who) => secrets[who] };
    },
    [Symbol.asyncDispose]: async () => await registry[Symbol.asyncDispose](),
  };
}

async function makeCast(tx: MetadataWriter): Promise<Cast> {
  const names = ["steve", "mia", "mark", "olivia", "sam", "rita", "wendy", "lenny", "otto", "nora"];
  const ids: Record<string, number> = {};
  const secrets: Record<string, string> = {};
  for (const name of names) {
    const account = { name, email: null, passwordHash: null, operator: false, lockedAt: null, createdAt: AT };
    const { id } = await tx.insertAccount(account, name);
    ids[name] = id;
    secrets[name] = await giveToken(tx, { accountId: id });
  }
  const namespace = { name: "acme", kind: "org" as const, visibility: null, movedTo: null, createdAt: AT };
  await tx.insertNamespace(namespace, "acme");
  const roles: [string, Role][] = [
    ["mia", "member"],
    ["mark", "maintainer"],
    ["olivia", "owner"],
    ["lenny", "owner"],
  ];
  for (const [name, role] of roles) await tx.setRole("acme", ids[name] ?? 0, role);
  for (const [team, name] of [
    ["readers", "rita"],
    ["writers", "wendy"],
  ] as const) {
    await tx.insertTeam("acme", team);
    await tx.setTeamMember("acme", team, { accountId: ids[name] ?? 0, isMember: true });
  }
  await tx.insertTeam("acme", "spare");
  await tx.setLocked(ids["lenny"] ?? 0, AT);
  return { ids, secrets: secretsByPosition(secrets) };
}

function secretsByPosition(secrets: Record<string, string>): Cast["secrets"] {
  const positions: [Who, string][] = [
    ["a stranger", "steve"],
    ["a member", "mia"],
    ["a maintainer", "mark"],
    ["an owner", "olivia"],
    ["an owner of the skill", "sam"],
    ["a team that may read", "rita"],
    ["a team that may write", "wendy"],
    ["an owner whose account is locked", "lenny"],
    ["an operator of the registry", "otto"],
  ];
  return Object.fromEntries(positions.map(([who, name]) => [who, secrets[name]]));
}

/** What is given for one skill: its owner, the grants of teams, tokens with limits, tokens of CI. */
async function takePositions(tx: MetadataWriter, cast: Cast, name: string): Promise<Cast["secrets"]> {
  const { ids } = cast;
  const found = await tx.package(name);
  if (found !== undefined) {
    await tx.setPackageOwner(found.id, ids["sam"] ?? 0, true);
    await tx.setTeamPackage("acme", "readers", { packageId: found.id, permission: "read-only" });
    await tx.setTeamPackage("acme", "writers", { packageId: found.id, permission: "read-write" });
  }
  const accountId = ids["olivia"] ?? 0;
  const other = "@acme/another";
  return {
    ...cast.secrets,
    "an owner's read-only token": await giveToken(tx, { accountId, readonly: true }),
    "an owner's token for the skill": await giveToken(tx, { accountId, packages: [name] }),
    "an owner's token for another": await giveToken(tx, { accountId, packages: [other] }),
    "a run of CI, for the skill": await giveRun(tx, name),
    "a run of CI, for another": await giveRun(tx, other),
  };
}

async function publishFirst(
  registry: TestRegistry,
  token: string | undefined,
  { name, access }: { name: string; access: string },
): Promise<void> {
  const answer = await registry.fetch(`/${name.replace("/", "%2f")}`, {
    method: "PUT",
    body: JSON.stringify({ ...publishBody({ name }), access }),
    ...(token === undefined ? {} : { token }),
  });
  if (answer.status !== 201) throw new Error(`${name}: ${await answer.text()}`);
}

import { type Kysely, sql } from "kysely";
import type { TeamPermission } from "../identity.ts";
import { toTeamPermission } from "./rows-identity.ts";
import type { Database } from "./schema.ts";

/** Teams of a namespace, and who has a right to one skill. */

type Db = Kysely<Database>;

export interface TeamName {
  namespace: string;
  team: string;
}

export async function teams(db: Db, namespace: string): Promise<string[]> {
  const rows = await db
    .selectFrom("teams")
    .select("name")
    .where("namespace", "=", namespace)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

export async function teamMembers(db: Db, named: TeamName): Promise<string[] | undefined> {
  const id = await teamId(db, named);
  if (id === undefined) return undefined;
  const rows = await db
    .selectFrom("team_members")
    .innerJoin("accounts", "accounts.id", "team_members.account_id")
    .select("accounts.name")
    .where("team_members.team_id", "=", id)
    .orderBy("accounts.name")
    .execute();
  return rows.map(({ name }) => name);
}

export async function teamPackages(
  db: Db,
  named: TeamName,
): Promise<{ package: string; permission: TeamPermission }[] | undefined> {
  const id = await teamId(db, named);
  if (id === undefined) return undefined;
  const rows = await db
    .selectFrom("team_packages")
    .innerJoin("packages", "packages.id", "team_packages.package_id")
    .select(["packages.name", "team_packages.permission"])
    .where("team_packages.team_id", "=", id)
    .orderBy("packages.name")
    .execute();
  return rows.map(({ name, permission }) => ({ package: name, permission: toTeamPermission(permission) }));
}

export async function packageOwners(db: Db, packageId: number): Promise<string[]> {
  const rows = await db
    .selectFrom("package_owners")
    .innerJoin("accounts", "accounts.id", "package_owners.account_id")
    .select("accounts.name")
    .where("package_owners.package_id", "=", packageId)
    .orderBy("accounts.name")
    .execute();
  return rows.map(({ name }) => name);
}

/** The stronger permission is the later one in the alphabet. */
export async function collaborators(
  db: Db,
  packageId: number,
): Promise<{ account: string; permission: TeamPermission }[]> {
  const { rows } = await sql<{ account: string; permission: string }>`
    select a.name as "account", max(r.permission) as "permission" from (
      select m.account_id, case m.role when 'member' then 'read-only' else 'read-write' end as permission
        from packages p join members m on m.namespace = p.namespace where p.id = ${packageId}
      union all
      select account_id, 'read-write' from package_owners where package_id = ${packageId}
      union all
      select m.account_id, t.permission
        from team_packages t join team_members m on m.team_id = t.team_id where t.package_id = ${packageId}
    ) r join accounts a on a.id = r.account_id group by a.name order by a.name`.execute(db);
  return rows.map(({ account, permission }) => ({ account, permission: toTeamPermission(permission) }));
}

export async function insertTeam(db: Db, { namespace, team }: TeamName): Promise<void> {
  await db.insertInto("teams").values({ namespace, name: team }).execute();
}

export async function deleteTeam(db: Db, { namespace, team }: TeamName): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("teams")
    .where("namespace", "=", namespace)
    .where("name", "=", team)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export async function setTeamMember(
  db: Db,
  named: TeamName,
  { accountId: account_id, isMember }: { accountId: number; isMember: boolean },
): Promise<void> {
  const team_id = await knownTeamId(db, named);
  if (!isMember) {
    await db
      .deleteFrom("team_members")
      .where("team_id", "=", team_id)
      .where("account_id", "=", account_id)
      .execute();
    return;
  }
  await db
    .insertInto("team_members")
    .values({ team_id, account_id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function setTeamPackage(
  db: Db,
  named: TeamName,
  { packageId: package_id, permission }: { packageId: number; permission: TeamPermission | null },
): Promise<void> {
  const team_id = await knownTeamId(db, named);
  if (permission === null) {
    await db
      .deleteFrom("team_packages")
      .where("team_id", "=", team_id)
      .where("package_id", "=", package_id)
      .execute();
    return;
  }
  await db
    .insertInto("team_packages")
    .values({ team_id, package_id, permission })
    .onConflict((conflict) => conflict.columns(["team_id", "package_id"]).doUpdateSet({ permission }))
    .execute();
}

export async function setPackageOwner(
  db: Db,
  { packageId: package_id, accountId: account_id }: { packageId: number; accountId: number },
  isOwner: boolean,
): Promise<void> {
  if (!isOwner) {
    await db
      .deleteFrom("package_owners")
      .where("package_id", "=", package_id)
      .where("account_id", "=", account_id)
      .execute();
    return;
  }
  await db
    .insertInto("package_owners")
    .values({ package_id, account_id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function knownTeamId(db: Db, named: TeamName): Promise<number> {
  const id = await teamId(db, named);
  if (id === undefined) throw new Error(`there is no team @${named.namespace}:${named.team}`);
  return id;
}

async function teamId(db: Db, { namespace, team }: TeamName): Promise<number | undefined> {
  const row = await db
    .selectFrom("teams")
    .select("id")
    .where("namespace", "=", namespace)
    .where("name", "=", team)
    .executeTakeFirst();
  return row?.id;
}

import type { Kysely } from "kysely";
import type { Group, Identity, LoginFlow } from "../identity.ts";
import { toGroup, toIdentity, toLoginFlow } from "./rows-identity.ts";
import type { Database } from "./schema.ts";

/** Who accounts are elsewhere, and logins that are under way. */

type Db = Kysely<Database>;

export async function identity(db: Db, provider: string, subject: string): Promise<Identity | undefined> {
  const row = await db
    .selectFrom("identities")
    .selectAll()
    .where("provider", "=", provider)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row && toIdentity(row, await groupsOf(db, row));
}

export async function identities(db: Db, accountId: number): Promise<Identity[]> {
  const rows = await db
    .selectFrom("identities")
    .selectAll()
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .orderBy("provider")
    .orderBy("subject")
    .execute();
  return await Promise.all(rows.map(async (row) => toIdentity(row, await groupsOf(db, row))));
}

async function groupsOf(
  db: Db,
  { provider, subject }: { provider: string; subject: string },
): Promise<Group[]> {
  const rows = await db
    .selectFrom("identity_groups")
    .select(["group_id", "name", "admin"])
    .where("provider", "=", provider)
    .where("subject", "=", subject)
    .orderBy("group_id")
    .execute();
  return rows.map(toGroup);
}

export async function putIdentity(db: Db, identity: Identity): Promise<void> {
  const { provider, subject, accountId: account_id, createdAt: created_at, groups } = identity;
  const told = { login: identity.login, groups_at: identity.groupsAt, grant: identity.grant };
  await db
    .insertInto("identities")
    .values({ provider, subject, account_id, created_at, ...told })
    .onConflict((conflict) => conflict.columns(["provider", "subject"]).doUpdateSet(told))
    .execute();
  await db
    .deleteFrom("identity_groups")
    .where("provider", "=", provider)
    .where("subject", "=", subject)
    .execute();
  for (const { id: group_id, name, admin } of groups) {
    await db.insertInto("identity_groups").values({ provider, subject, group_id, name, admin }).execute();
  }
}

export async function deleteIdentity(
  db: Db,
  { accountId, provider, subject }: Pick<Identity, "accountId" | "provider" | "subject">,
): Promise<void> {
  await db
    .deleteFrom("identities")
    .where("account_id", "=", accountId)
    .where("provider", "=", provider)
    .where("subject", "=", subject)
    .execute();
}

export async function loginFlow(db: Db, hash: string): Promise<LoginFlow | undefined> {
  const row = await db.selectFrom("login_flows").selectAll().where("hash", "=", hash).executeTakeFirst();
  return row && toLoginFlow(row);
}

export async function putLoginFlow(db: Db, flow: LoginFlow): Promise<void> {
  const changing = { kind: flow.kind, data: JSON.stringify(flow.data), expires_at: flow.expiresAt };
  await db
    .insertInto("login_flows")
    .values({ hash: flow.hash, ...changing })
    .onConflict((conflict) => conflict.column("hash").doUpdateSet(changing))
    .execute();
}

export async function deleteLoginFlow(db: Db, hash: string): Promise<void> {
  await db.deleteFrom("login_flows").where("hash", "=", hash).execute();
}

export async function useJti(
  db: Db,
  used: { issuer: string; jti: string; expiresAt: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("used_jtis")
    .values({ issuer: used.issuer, jti: used.jti, expires_at: used.expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function deleteEndedFlows(db: Db, before: string): Promise<void> {
  await db.deleteFrom("login_flows").where("expires_at", "<", before).execute();
  await db.deleteFrom("used_jtis").where("expires_at", "<", before).execute();
}

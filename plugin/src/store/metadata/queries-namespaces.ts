import { type Kysely, sql } from "kysely";
import type {
  GroupRole,
  IdentityReader,
  IdentityWriter,
  Member,
  Namespace,
  NamespaceSkeleton,
  Role,
  Visibility,
} from "../identity.ts";
import { LIVE } from "./live.ts";
import { toGroupRole, toNamespace, toNamespaceKind, toRole } from "./rows-identity.ts";
import type { Database } from "./schema.ts";

/** Namespaces and the roles in them. */

type Db = Kysely<Database>;

export async function namespace(db: Db, name: string): Promise<Namespace | undefined> {
  const row = await db.selectFrom("namespaces").selectAll().where("name", "=", name).executeTakeFirst();
  return row && toNamespace(row);
}

export async function namespacesBySkeleton(
  db: Db,
  { min, max }: Parameters<IdentityReader["namespacesBySkeleton"]>[0],
): Promise<NamespaceSkeleton[]> {
  const { rows } = await sql<NamespaceSkeleton>`select n.name as "name", n.skeleton as "skeleton",
      (select count(*) from packages p where p.namespace = n.name
        and exists (select 1 from versions where package_id = p.id and ${LIVE})) as "packages"
    from namespaces n where length(n.skeleton) between ${min} and ${max} order by n.name`.execute(db);
  return rows;
}

export async function members(db: Db, namespace: string): Promise<Member[]> {
  const rows = await db
    .selectFrom("members")
    .innerJoin("accounts", "accounts.id", "members.account_id")
    .select(["accounts.name", "members.role"])
    .where("members.namespace", "=", namespace)
    .orderBy("accounts.name")
    .execute();
  return rows.map(({ name, role }) => ({ account: name, role: toRole(role) }));
}

export async function groupRoles(db: Db, namespace: string): Promise<GroupRole[]> {
  const rows = await db
    .selectFrom("group_roles")
    .selectAll()
    .where("namespace", "=", namespace)
    .orderBy("provider")
    .orderBy("name")
    .orderBy("group_id")
    .execute();
  return rows.map(toGroupRole);
}

export async function memberships(
  db: Db,
  accountId: number,
): Promise<{ namespace: string; kind: Namespace["kind"]; role: Role }[]> {
  const rows = await db
    .selectFrom("members")
    .innerJoin("namespaces", "namespaces.name", "members.namespace")
    .select(["namespaces.name", "namespaces.kind", "members.role"])
    .where("members.account_id", "=", accountId)
    .orderBy("namespaces.name")
    .execute();
  return rows.map(({ name, kind, role }) => ({
    namespace: name,
    kind: toNamespaceKind(kind),
    role: toRole(role),
  }));
}

export async function insertNamespace(db: Db, namespace: Namespace, skeleton: string): Promise<void> {
  await db
    .insertInto("namespaces")
    .values({
      name: namespace.name,
      skeleton,
      kind: namespace.kind,
      visibility: namespace.visibility,
      moved_to: namespace.movedTo,
      created_at: namespace.createdAt,
    })
    .execute();
}

export async function setNamespaceVisibility(
  db: Db,
  name: string,
  visibility: Visibility | null,
): Promise<void> {
  await db.updateTable("namespaces").set({ visibility }).where("name", "=", name).execute();
}

export async function setRole(
  db: Db,
  { namespace, accountId }: { namespace: string; accountId: number },
  role: Role | null,
): Promise<void> {
  if (role === null) {
    await db
      .deleteFrom("members")
      .where("namespace", "=", namespace)
      .where("account_id", "=", accountId)
      .execute();
    return;
  }
  await db
    .insertInto("members")
    .values({ namespace, account_id: accountId, role })
    .onConflict((conflict) => conflict.columns(["namespace", "account_id"]).doUpdateSet({ role }))
    .execute();
}

export async function setGroupRole(
  db: Db,
  { namespace, provider, group }: { namespace: string } & Pick<GroupRole, "provider" | "group">,
  role: Role | null,
): Promise<void> {
  if (role === null) {
    await db
      .deleteFrom("group_roles")
      .where("namespace", "=", namespace)
      .where("provider", "=", provider)
      .where("group_id", "=", group.id)
      .execute();
    return;
  }
  const { id: group_id, name } = group;
  await db
    .insertInto("group_roles")
    .values({ namespace, provider, group_id, name, role })
    .onConflict((conflict) =>
      conflict.columns(["namespace", "provider", "group_id"]).doUpdateSet({ name, role }),
    )
    .execute();
}

/** Members, roles by groups and teams refer to the row by its name, and follow it. */
export async function renameNamespace(
  db: Db,
  from: string,
  { name, skeleton, at }: Parameters<IdentityWriter["renameNamespace"]>[1],
): Promise<void> {
  const old = await db
    .selectFrom("namespaces")
    .selectAll()
    .where("name", "=", from)
    .where("moved_to", "is", null)
    .executeTakeFirstOrThrow();
  await db.deleteFrom("namespaces").where("name", "=", name).where("moved_to", "=", from).execute();
  await db
    .updateTable("namespaces")
    .set({ name, skeleton, created_at: at })
    .where("name", "=", from)
    .execute();
  await db.updateTable("namespaces").set({ moved_to: name }).where("moved_to", "=", from).execute();
  await db
    .insertInto("namespaces")
    .values({ ...old, moved_to: name })
    .execute();
  await sql`update trusts set subject = ${`@${name}`} || substr(subject, ${from.length + 2})
    where subject = ${`@${from}`} or substr(subject, 1, ${from.length + 2}) = ${`@${from}/`}`.execute(db);
}

import { type Kysely, sql } from "kysely";
import type { AccessFacts, AccessQuestion } from "../identity.ts";
import { toNamespace, toRole, toTeamPermission, toVisibility } from "./rows-identity.ts";
import type { Database } from "./schema.ts";

/** What decides over rights. Asked by every request with a token, so one statement each. */

type Db = Kysely<Database>;

/** One row for each role by a group, or one alone. */
interface FactsRow {
  name: string | null;
  kind: string | null;
  visibility: string | null;
  moved_to: string | null;
  created_at: string | null;
  package_id: number | null;
  package_visibility: string | null;
  role: string | null;
  owner: number | null;
  team: string | null;
  provider: string | null;
  subject: string | null;
  groups_at: string | null;
  group_role: string | null;
}

/** The stronger permission of a team is the later one in the alphabet. */
export async function accessFacts(
  db: Db,
  { accountId, namespace, package: name }: AccessQuestion,
): Promise<AccessFacts> {
  const { rows } = await sql<FactsRow>`
    select n.name, n.kind, n.visibility, n.moved_to, n.created_at,
      p.id as package_id, p.visibility as package_visibility, m.role, o.account_id as owner,
      (select max(t.permission) from team_packages t join team_members tm on tm.team_id = t.team_id
        where t.package_id = p.id and tm.account_id = ${accountId}) as team,
      i.provider, i.subject, i.groups_at, r.role as group_role
    from (select 1 as one) always
    left join namespaces n on n.name = ${namespace}
    left join packages p on p.name = ${name}
    left join members m on m.namespace = ${namespace} and m.account_id = ${accountId}
    left join package_owners o on o.package_id = p.id and o.account_id = ${accountId}
    left join (identities i
      join identity_groups g on g.provider = i.provider and g.subject = i.subject
      join group_roles r on r.namespace = ${namespace} and r.provider = g.provider and r.group_id = g.group_id
    ) on i.account_id = ${accountId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("a query for rights returned no row");
  return {
    namespace: namespaceIn(row),
    package: packageIn(row),
    role: row.role === null ? null : toRole(row.role),
    groupRoles: rows.flatMap(groupRoleIn),
    owner: row.owner !== null,
    team: row.team === null ? null : toTeamPermission(row.team),
  };
}

function namespaceIn({ name, kind, visibility, moved_to, created_at }: FactsRow): AccessFacts["namespace"] {
  if (name === null || kind === null || created_at === null) return undefined;
  return toNamespace({ name, kind, visibility, moved_to, created_at });
}

function packageIn({ package_id: id, package_visibility: visibility }: FactsRow): AccessFacts["package"] {
  return id === null || visibility === null ? undefined : { id, visibility: toVisibility(visibility) };
}

function groupRoleIn({ provider, subject, groups_at, group_role }: FactsRow): AccessFacts["groupRoles"] {
  if (provider === null || subject === null || groups_at === null || group_role === null) return [];
  return [{ provider, subject, groupsAt: groups_at, role: toRole(group_role) }];
}

/**
 * Skills are listed where they are restricted only: their number is that of the exceptions.
 * SQLite keeps the order of a `cross join`: from the account on, instead of through all roles that groups have.
 */
export async function readable(db: Db, accountId: number, groupsSince: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select namespace as name from members where account_id = ${accountId}
    union
    select r.namespace from identities i cross join identity_groups g cross join group_roles r
      where i.account_id = ${accountId} and i.groups_at >= ${groupsSince}
        and g.provider = i.provider and g.subject = i.subject
        and r.provider = g.provider and r.group_id = g.group_id
    union
    select p.name from package_owners o join packages p on p.id = o.package_id
      where o.account_id = ${accountId} and p.visibility = 'restricted'
    union
    select p.name from team_members m join team_packages t on t.team_id = m.team_id
      join packages p on p.id = t.package_id
      where m.account_id = ${accountId} and p.visibility = 'restricted'
    order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

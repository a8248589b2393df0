import type { Kysely } from "kysely";
import type { IdentityReader, IdentityWriter } from "../identity.ts";
import * as access from "./queries-access.ts";
import * as accounts from "./queries-accounts.ts";
import * as identities from "./queries-identities.ts";
import * as moves from "./queries-moves.ts";
import * as namespaces from "./queries-namespaces.ts";
import * as packages from "./queries-packages.ts";
import * as registry from "./queries-registry.ts";
import * as teams from "./queries-teams.ts";
import * as trusts from "./queries-trusts.ts";
import type { Database } from "./schema.ts";

type Db = Kysely<Database>;

export function identityReader(db: Db): IdentityReader {
  return {
    account: (name) => accounts.account(db, name),
    accountById: (id) => accounts.accountById(db, id),
    operators: () => accounts.operators(db),
    lockedAccounts: () => accounts.lockedAccounts(db),
    token: (hash) => accounts.token(db, hash),
    tokens: (accountId) => accounts.tokens(db, accountId),
    identity: (provider, subject) => identities.identity(db, provider, subject),
    identities: (accountId) => identities.identities(db, accountId),
    namespace: (name) => namespaces.namespace(db, name),
    namespacesBySkeleton: (length) => namespaces.namespacesBySkeleton(db, length),
    members: (namespace) => namespaces.members(db, namespace),
    groupRoles: (namespace) => namespaces.groupRoles(db, namespace),
    memberships: (accountId) => namespaces.memberships(db, accountId),
    accessFacts: (question) => access.accessFacts(db, question),
    readable: (accountId, groupsSince) => access.readable(db, accountId, groupsSince),
    teams: (namespace) => teams.teams(db, namespace),
    teamMembers: (namespace, team) => teams.teamMembers(db, { namespace, team }),
    teamPackages: (namespace, team) => teams.teamPackages(db, { namespace, team }),
    packageOwners: (packageId) => teams.packageOwners(db, packageId),
    collaborators: (packageId) => teams.collaborators(db, packageId),
    trusts: (subject) => trusts.trusts(db, subject),
    trust: (id) => trusts.trust(db, id),
    loginFlow: (hash) => identities.loginFlow(db, hash),
    movedPackage: (name) => moves.movedPackage(db, name),
    reservedNames: () => registry.reservedNames(db),
  };
}

export function identityWriter(tx: Db): IdentityWriter {
  return { ...accountWriter(tx), ...rightsWriter(tx), ...trustWriter(tx) };
}

function accountWriter(tx: Db) {
  return {
    insertAccount: (account, skeleton) => accounts.insertAccount(tx, account, skeleton),
    setPassword: (accountId, hash) => accounts.updateAccount(tx, accountId, { password_hash: hash }),
    setEmail: (accountId, email) => accounts.updateAccount(tx, accountId, { email }),
    setOperator: (accountId, operator) => accounts.updateAccount(tx, accountId, { operator }),
    setLocked: (accountId, at) => accounts.updateAccount(tx, accountId, { locked_at: at }),
    insertToken: (token) => accounts.insertToken(tx, token),
    deleteToken: (accountId, id) => accounts.deleteToken(tx, accountId, id),
    deleteTokens: (accountId, kinds) => accounts.deleteTokens(tx, accountId, kinds),
    deleteEndedTokens: (before) => accounts.deleteEndedTokens(tx, before),
    setTokensUsed: (uses) => accounts.setTokensUsed(tx, uses),
    putIdentity: (identity) => identities.putIdentity(tx, identity),
    deleteIdentity: (accountId, provider, subject) =>
      identities.deleteIdentity(tx, { accountId, provider, subject }),
    putLoginFlow: (flow) => identities.putLoginFlow(tx, flow),
    deleteLoginFlow: (hash) => identities.deleteLoginFlow(tx, hash),
    deleteEndedFlows: (before) => identities.deleteEndedFlows(tx, before),
  } satisfies Partial<IdentityWriter>;
}

function rightsWriter(tx: Db) {
  return {
    insertNamespace: (namespace, skeleton) => namespaces.insertNamespace(tx, namespace, skeleton),
    setNamespaceVisibility: (name, visibility) => namespaces.setNamespaceVisibility(tx, name, visibility),
    renameNamespace: (from, to) => namespaces.renameNamespace(tx, from, to),
    setRole: (namespace, accountId, role) => namespaces.setRole(tx, { namespace, accountId }, role),
    setGroupRole: (namespace, group, role) => namespaces.setGroupRole(tx, { namespace, ...group }, role),
    insertTeam: (namespace, team) => teams.insertTeam(tx, { namespace, team }),
    deleteTeam: (namespace, team) => teams.deleteTeam(tx, { namespace, team }),
    setTeamMember: (namespace, team, member) => teams.setTeamMember(tx, { namespace, team }, member),
    setTeamPackage: (namespace, team, grant) => teams.setTeamPackage(tx, { namespace, team }, grant),
    setPackageOwner: (packageId, accountId, isOwner) =>
      teams.setPackageOwner(tx, { packageId, accountId }, isOwner),
    setPackageVisibility: (packageId, visibility) => packages.setPackageVisibility(tx, packageId, visibility),
    movePackage: (packageId, to) => moves.movePackage(tx, packageId, to),
    setReserved: (name, reserved) => registry.setReserved(tx, name, reserved),
  } satisfies Partial<IdentityWriter>;
}

function trustWriter(tx: Db) {
  return {
    insertTrust: (trust) => trusts.insertTrust(tx, trust),
    deleteTrust: (id) => trusts.deleteTrust(tx, id),
    useJti: (issuer, jti, expiresAt) => identities.useJti(tx, { issuer, jti, expiresAt }),
  } satisfies Partial<IdentityWriter>;
}

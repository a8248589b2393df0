/** Who may do what: accounts with their identities and tokens, namespaces with their people. Times are ISO 8601 in UTC, to the millisecond. */

export interface Account {
  id: number;
  /** Login name, and the name of the account's personal namespace. */
  name: string;
  email: string | null;
  /** `scrypt$…`, see registry/password.ts; null for an account that logs in elsewhere only. */
  passwordHash: string | null;
  /** Sees the operator's page and the whole audit log; reads no restricted skill by it. */
  operator: boolean;
  /** Set by an operator: none of its logins and tokens works. */
  lockedAt: string | null;
  createdAt: string;
}

/** How a token came to be. `publish`: by trusted publishing, for one run of CI. */
export type TokenKind = "login" | "session" | "token" | "publish";

export interface Token {
  /** Public id, shown in lists and used to revoke; says nothing about the secret. */
  id: string;
  /** Null for `publish`: it acts for a repository, not for a person. */
  accountId: number | null;
  kind: TokenKind;
  /** Hex SHA-256 of the secret; the secret itself is never stored. */
  hash: string;
  /** First characters of the secret, for people to recognise it. */
  hint: string;
  name: string | null;
  readonly: boolean;
  /** `@acme` or `@acme/legal-documents`: it reads restricted skills and publishes there only; empty means wherever its account may. */
  packages: string[];
  /** Networks the token works from; empty means everywhere. */
  cidr: string[];
  createdAt: string;
  expiresAt: string | null;
  /** To some minutes; null when it was never used. */
  lastUsedAt: string | null;
  /** Set for `publish`: what it was given for. Removing the trust ends the token. */
  trustId: string | null;
  /** Set for `publish`: the run that it was given to. */
  provenance: Provenance | null;
}

/** Where a version was built: from the verified claims of the CI's ID token, never from what the publisher says. */
export interface Provenance {
  /** Id of the configured issuer: `github`, `gitlab`, … */
  issuer: string;
  /** For people: `GitHub Actions`. */
  publisher: string;
  /** Address of the repository. */
  repository: string | null;
  commit: string | null;
  /** `refs/heads/main` */
  ref: string | null;
  /** Path of the workflow file in the repository. */
  workflow: string | null;
  environment: string | null;
  /** Address of the run. */
  run: string | null;
}

/** A group of an identity provider: an organization or team of GitHub, a group of an OIDC claim. */
export interface Group {
  /** Never reused by the provider: GitHub's numbers (`123` an organization, `123/456` a team); for OIDC the name. */
  id: string;
  /** For people, and what they type: `acme`, `acme/legal`. */
  name: string;
  /** The person runs it, as GitHub has it; false where a provider does not tell. */
  admin: boolean;
}

/** An account elsewhere that has proved to be one of ours. */
export interface Identity {
  /** Id of the configured provider. */
  provider: string;
  /** Never reused by the provider: GitHub's number, OIDC's `sub`. */
  subject: string;
  accountId: number;
  /** Its name there, for people; it may change hands. */
  login: string;
  groups: Group[];
  /** When the provider last told the groups. */
  groupsAt: string;
  /** What the provider can be asked with again, sealed (registry/identity/seal.ts); null when it cannot. */
  grant: string | null;
  createdAt: string;
}

/** `owner` runs the namespace, `maintainer` publishes to it, `member` reads its restricted skills. */
export const ROLES = ["owner", "maintainer", "member"] as const;
export type Role = (typeof ROLES)[number];

export const VISIBILITIES = ["public", "restricted"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export interface Namespace {
  name: string;
  kind: "personal" | "org";
  /** Of new skills; null leaves it to the registry's configuration. */
  visibility: Visibility | null;
  /** Name it was renamed to: nobody owns this one any more, and nobody can take it. */
  movedTo: string | null;
  createdAt: string;
}

/** What look-alikes are found by. */
export interface NamespaceSkeleton {
  name: string;
  skeleton: string;
  /** Skills with a live version. */
  packages: number;
}

export interface Member {
  account: string;
  role: Role;
}

/** Everybody in a group has the role. */
export interface GroupRole {
  provider: string;
  group: Pick<Group, "id" | "name">;
  role: Role;
}

export const TEAM_PERMISSIONS = ["read-only", "read-write"] as const;
export type TeamPermission = (typeof TEAM_PERMISSIONS)[number];

/** What the registry knows of an account's rights in a namespace, and to a skill of it. */
export interface AccessFacts {
  namespace: Namespace | undefined;
  /** Undefined when it was not asked for, or is not there. */
  package: { id: number; visibility: Visibility } | undefined;
  /** In the namespace, given to the account itself. Personal namespaces have their account as owner. */
  role: Role | null;
  /** Roles by groups that one of the account's identities was in when the provider last told. */
  groupRoles: { provider: string; subject: string; groupsAt: string; role: Role }[];
  /** One of the skill's own owners (`npm owner`). */
  owner: boolean;
  /** Most that one of the account's teams may do with the skill. */
  team: TeamPermission | null;
}

export interface AccessQuestion {
  accountId: number;
  namespace: string;
  /** Full name of the skill. */
  package: string | null;
}

/** CI runs that may publish a skill, or all of a namespace. */
export interface Trust {
  id: string;
  /** `@acme` or `@acme/legal-documents`. */
  subject: string;
  /** Id of a configured issuer. */
  issuer: string;
  /** Claims of the ID token that have to be there with exactly this value, by name. */
  claims: Record<string, string>;
  /** Account that made it. */
  createdBy: string;
  createdAt: string;
}

/** A login that goes on in a browser, or at a provider: kept until it ends, so that any node can go on with it. */
export interface LoginFlow {
  /** Hex SHA-256 of the secret that goes on with it. */
  hash: string;
  /** What kind of flow it is; its reader parses `data`. */
  kind: string;
  data: Record<string, unknown>;
  expiresAt: string;
}

export interface IdentityReader {
  account(name: string): Promise<Account | undefined>;
  accountById(id: number): Promise<Account | undefined>;
  /** In order of their names. */
  operators(): Promise<Account[]>;
  /** In order of their names. */
  lockedAccounts(): Promise<Account[]>;
  /** The token with this hash and its account, null for a token of CI; expiry is the caller's business. */
  token(hash: string): Promise<{ token: Token; account: Account | null } | undefined>;
  /** Oldest first. */
  tokens(accountId: number): Promise<Token[]>;
  identity(provider: string, subject: string): Promise<Identity | undefined>;
  /** Oldest first. */
  identities(accountId: number): Promise<Identity[]>;
  namespace(name: string): Promise<Namespace | undefined>;
  /** Namespaces, moved ones included, whose skeleton (registry/names/skeleton.ts) has that many characters; `packages` counts live ones. */
  namespacesBySkeleton(length: { min: number; max: number }): Promise<NamespaceSkeleton[]>;
  /** Direct ones, by name of account. */
  members(namespace: string): Promise<Member[]>;
  groupRoles(namespace: string): Promise<GroupRole[]>;
  /** Namespaces in which the account has a role of its own, by name. */
  memberships(accountId: number): Promise<{ namespace: string; kind: Namespace["kind"]; role: Role }[]>;
  accessFacts(question: AccessQuestion): Promise<AccessFacts>;
  /**
   * Namespaces (`acme`) and skills (`@acme/x`) whose restricted skills the account may read by what `accessFacts` tells, groups
   * included that were told since `groupsSince`.
   */
  readable(accountId: number, groupsSince: string): Promise<string[]>;
  /** Names, sorted. */
  teams(namespace: string): Promise<string[]>;
  /** Names of accounts, sorted; undefined when there is no such team. */
  teamMembers(namespace: string, team: string): Promise<string[] | undefined>;
  /** By name of package; those of one team, or undefined when there is no such team. */
  teamPackages(
    namespace: string,
    team: string,
  ): Promise<{ package: string; permission: TeamPermission }[] | undefined>;
  /** Names of the skill's own owners, sorted. */
  packageOwners(packageId: number): Promise<string[]>;
  /** Everybody with a right of their own to the skill: roles of the namespace, owners, teams. */
  collaborators(packageId: number): Promise<{ account: string; permission: TeamPermission }[]>;
  /** Of a skill, or of a namespace: those of exactly this subject, oldest first. */
  trusts(subject: string): Promise<Trust[]>;
  trust(id: string): Promise<Trust | undefined>;
  loginFlow(hash: string): Promise<LoginFlow | undefined>;
  /** Full name that a skill has now which was called so once; undefined when there was none. */
  movedPackage(name: string): Promise<string | undefined>;
  reservedNames(): Promise<string[]>;
}

export interface IdentityWriter {
  /** Makes the personal namespace, too. Fails with a unique violation when the name is taken: ask first. */
  insertAccount(account: Omit<Account, "id">, skeleton: string): Promise<Account>;
  setPassword(accountId: number, passwordHash: string): Promise<void>;
  setEmail(accountId: number, email: string): Promise<void>;
  setOperator(accountId: number, operator: boolean): Promise<void>;
  setLocked(accountId: number, at: string | null): Promise<void>;
  insertToken(token: Token): Promise<void>;
  /** False when the account has no such token. */
  deleteToken(accountId: number, id: string): Promise<boolean>;
  /** All of them, or those of some kinds; returns how many. */
  deleteTokens(accountId: number, kinds?: TokenKind[]): Promise<number>;
  /** Tokens that ended before then; `token` and `login` stay, so that their owner sees why they stopped working. */
  deleteEndedTokens(before: string): Promise<void>;
  setTokensUsed(uses: { id: string; at: string }[]): Promise<void>;
  /** Inserts it, or replaces all of it but `createdAt` and the account; an identity never changes its account. */
  putIdentity(identity: Identity): Promise<void>;
  deleteIdentity(accountId: number, provider: string, subject: string): Promise<void>;
  insertNamespace(namespace: Namespace, skeleton: string): Promise<void>;
  setNamespaceVisibility(name: string, visibility: Visibility | null): Promise<void>;
  /** Null takes the role away. */
  setRole(namespace: string, accountId: number, role: Role | null): Promise<void>;
  /** Null takes the role away. */
  setGroupRole(
    namespace: string,
    group: Pick<GroupRole, "provider" | "group">,
    role: Role | null,
  ): Promise<void>;
  insertTeam(namespace: string, team: string): Promise<void>;
  /** False when there is none. */
  deleteTeam(namespace: string, team: string): Promise<boolean>;
  setTeamMember(
    namespace: string,
    team: string,
    member: { accountId: number; isMember: boolean },
  ): Promise<void>;
  /** Null takes the permission away. */
  setTeamPackage(
    namespace: string,
    team: string,
    grant: { packageId: number; permission: TeamPermission | null },
  ): Promise<void>;
  setPackageOwner(packageId: number, accountId: number, isOwner: boolean): Promise<void>;
  setPackageVisibility(packageId: number, visibility: Visibility): Promise<void>;
  /** Gives the skill another name, and readers of the old one the new. Grants to teams of the old namespace and trusts of the old name end. */
  movePackage(packageId: number, to: { name: string; namespace: string }): Promise<void>;
  /** Roles, teams, trusts and settings go over to the new name, which must be free or one that it had; the old one says where it went. Skills are moved one by one. */
  renameNamespace(from: string, to: { name: string; skeleton: string; at: string }): Promise<void>;
  insertTrust(trust: Trust): Promise<void>;
  /** Ends its tokens, too. */
  deleteTrust(id: string): Promise<void>;
  /** False when it was used before: nothing is written then. */
  useJti(issuer: string, jti: string, expiresAt: string): Promise<boolean>;
  putLoginFlow(flow: LoginFlow): Promise<void>;
  deleteLoginFlow(hash: string): Promise<void>;
  /** Flows, used `jti`s that ended before then. */
  deleteEndedFlows(before: string): Promise<void>;
  setReserved(name: string, reserved: boolean): Promise<void>;
}

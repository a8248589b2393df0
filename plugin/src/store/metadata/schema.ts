import type { ColumnType, Generated } from "kysely";

/**
 * The tables as every SQL adapter has them. Times and JSON documents are text;
 * search indexes differ between databases and are not listed here.
 */
export interface Database {
  accounts: AccountTable;
  identities: IdentityTable;
  identity_groups: IdentityGroupTable;
  login_flows: LoginFlowTable;
  namespaces: NamespaceTable;
  members: MemberTable;
  group_roles: GroupRoleTable;
  teams: TeamTable;
  team_members: TeamMemberTable;
  team_packages: TeamPackageTable;
  package_owners: PackageOwnerTable;
  moved_packages: MovedPackageTable;
  reserved_names: ReservedNameTable;
  trusts: TrustTable;
  used_jtis: UsedJtiTable;
  tokens: TokenTable;
  packages: PackageTable;
  versions: VersionTable;
  dist_tags: DistTagTable;
  stars: StarTable;
  downloads: DownloadTable;
  downloads_by_day: DownloadsByDayTable;
  installs: DownloadTable;
  signing_keys: SigningKeyTable;
  audit: AuditTable;
  registry: RegistryTable;
  sweeps: SweepTable;
  own_id: Pick<RegistryTable, "id">;
  mirrors: MirrorTable;
  mirror_keys: MirrorKeyTable;
  mirrored_skills: MirroredSkillTable;
  mirror_refusals: MirrorRefusalTable;
}

/** Databases without booleans answer 0 and 1. */
type Flag = ColumnType<boolean | number, boolean, boolean>;

export interface AccountTable {
  id: Generated<number>;
  name: string;
  email: string | null;
  /** Empty for none. */
  password_hash: string;
  operator: Flag;
  locked_at: string | null;
  created_at: string;
}

export interface TokenTable {
  id: string;
  account_id: number | null;
  kind: string;
  hash: string;
  hint: string;
  name: string | null;
  readonly: Flag;
  /** JSON: string[] */
  packages: string;
  /** JSON: string[] */
  cidr: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  trust_id: string | null;
  /** JSON: Provenance */
  provenance: string | null;
}

export interface IdentityTable {
  provider: string;
  subject: string;
  account_id: number;
  login: string;
  groups_at: string;
  grant: string | null;
  created_at: string;
}

export interface IdentityGroupTable {
  provider: string;
  subject: string;
  group_id: string;
  name: string;
  admin: Flag;
}

export interface LoginFlowTable {
  hash: string;
  kind: string;
  /** JSON: object */
  data: string;
  expires_at: string;
}

export interface NamespaceTable {
  name: string;
  skeleton: string;
  kind: string;
  visibility: string | null;
  moved_to: string | null;
  created_at: string;
}

export interface MemberTable {
  namespace: string;
  account_id: number;
  role: string;
}

export interface GroupRoleTable {
  namespace: string;
  provider: string;
  group_id: string;
  name: string;
  role: string;
}

export interface TeamTable {
  id: Generated<number>;
  namespace: string;
  name: string;
}

export interface TeamMemberTable {
  team_id: number;
  account_id: number;
}

export interface TeamPackageTable {
  team_id: number;
  package_id: number;
  permission: string;
}

export interface PackageOwnerTable {
  package_id: number;
  account_id: number;
}

export interface MovedPackageTable {
  name: string;
  package_id: number;
}

export interface ReservedNameTable {
  name: string;
}

export interface TrustTable {
  id: string;
  subject: string;
  issuer: string;
  /** JSON: object of strings */
  claims: string;
  created_by: string;
  created_at: string;
}

export interface UsedJtiTable {
  issuer: string;
  jti: string;
  expires_at: string;
}

export interface PackageTable {
  id: Generated<number>;
  name: string;
  namespace: string;
  visibility: string;
  rev: number;
  created_at: string;
  modified_at: string;
}

export interface VersionTable {
  id: Generated<number>;
  package_id: number;
  version: string;
  published_at: string;
  publisher: string;
  integrity: string;
  shasum: string;
  size: number;
  unpacked_size: number;
  file_count: number;
  keyid: string;
  sig: string;
  deprecated: string | null;
  unpublished_at: string | null;
  has_scripts: Flag;
  published_as: string | null;
  quarantined_at: string | null;
  quarantine_reason: string | null;
  /** JSON */
  quarantine_tags: string | null;
  /** JSON: Provenance */
  provenance: string | null;
  /** JSON: Issue[] */
  warnings: string;
  /** JSON: object */
  manifest: string;
  readme: string;
}

export interface DistTagTable {
  package_id: number;
  tag: string;
  version: string;
  manual: Flag;
}

export interface StarTable {
  package_id: number;
  account_id: number;
}

/** Of `downloads`, and of `installs` that were reported. */
export interface DownloadTable {
  package_id: number;
  day: string;
  version: string;
  count: number;
}

export interface DownloadsByDayTable {
  day: string;
  /** Of packages that were public when they were counted. */
  count: number;
  restricted: Generated<number>;
}

export interface SigningKeyTable {
  id: Generated<number>;
  keyid: string;
  public_key: string;
  private_key: string;
  created_at: string;
}

export interface AuditTable {
  id: Generated<number>;
  at: string;
  account: string | null;
  action: string;
  subject: string;
  namespace: string | null;
  /** JSON: object */
  detail: string;
  address: string;
  hash: string;
}

/** One row. */
export interface RegistryTable {
  id: string;
  created_at: string;
}

export interface SweepTable {
  integrity: string;
  begun_at: string;
  ended_at: string | null;
}

export interface MirrorTable {
  namespace: string;
  url: string;
  etag: string | null;
  contact_at: string | null;
  behind: number;
  failed_at: string | null;
  failure: string | null;
}

export interface MirrorKeyTable {
  url: string;
  keyid: string;
  public_key: string;
}

export interface MirroredSkillTable {
  name: string;
  namespace: string;
  rev: string;
}

export interface MirrorRefusalTable {
  name: string;
  version: string;
  integrity: string;
  reason: string;
  at: string;
}

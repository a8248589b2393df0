import type { ColumnType, Generated } from "kysely";

/**
 * The tables as every SQL adapter has them. Times and JSON documents are text;
 * search indexes differ between databases and are not listed here.
 */
export interface Database {
  accounts: AccountTable;
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
}

/** Databases without booleans answer 0 and 1. */
type Flag = ColumnType<boolean | number, boolean, boolean>;

export interface AccountTable {
  id: Generated<number>;
  name: string;
  email: string | null;
  password_hash: string;
  created_at: string;
}

export interface TokenTable {
  id: string;
  account_id: number;
  hash: string;
  hint: string;
  name: string | null;
  readonly: Flag;
  /** JSON: string[] */
  cidr: string;
  created_at: string;
  expires_at: string | null;
}

export interface PackageTable {
  id: Generated<number>;
  name: string;
  namespace: string;
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
  count: number;
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
  /** JSON: object */
  detail: string;
  address: string;
}

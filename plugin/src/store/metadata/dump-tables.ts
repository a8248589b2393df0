import { z } from "zod";
import type { DumpedRow } from "../metadata.ts";
import type { Database } from "./schema.ts";

/**
 * What a registry consists of, beside its tarballs: every table but the search index, which is made from the others, `sweeps`, which
 * tells what happens to the tarballs of one store, and `own_id`, which tells two databases with the same registry from each other. The archive of a backup has these names (docs/operating.md): a table or column that
 * comes or goes raises its format number.
 */
type DumpedTable = Exclude<keyof Database, "sweeps" | "own_id">;

const KINDS = {
  text: z.string(),
  "text?": z.string().nullable(),
  integer: z.number().int(),
  "integer?": z.number().int().nullable(),
  // Databases without booleans answer 0 and 1.
  flag: z.union([z.boolean(), z.literal([0, 1]).transform(Boolean)]),
};
type Kind = keyof typeof KINDS;

interface TableSpec<Column extends string> {
  /** What pages are ordered by; its values are unique. */
  key: Column[];
  columns: Record<Column, Kind>;
}

const SPECS: { [Table in DumpedTable]: TableSpec<Extract<keyof Database[Table], string>> } = {
  registry: { key: ["id"], columns: { id: "text", created_at: "text" } },
  accounts: {
    key: ["id"],
    columns: {
      id: "integer",
      name: "text",
      email: "text?",
      password_hash: "text",
      operator: "flag",
      locked_at: "text?",
      created_at: "text",
    },
  },
  identities: {
    key: ["provider", "subject"],
    columns: {
      provider: "text",
      subject: "text",
      account_id: "integer",
      login: "text",
      groups_at: "text",
      grant: "text?",
      created_at: "text",
    },
  },
  identity_groups: {
    key: ["provider", "subject", "group_id"],
    columns: { provider: "text", subject: "text", group_id: "text", name: "text", admin: "flag" },
  },
  login_flows: {
    key: ["hash"],
    columns: { hash: "text", kind: "text", data: "text", expires_at: "text" },
  },
  namespaces: {
    key: ["name"],
    columns: {
      name: "text",
      skeleton: "text",
      kind: "text",
      visibility: "text?",
      moved_to: "text?",
      created_at: "text",
    },
  },
  members: {
    key: ["namespace", "account_id"],
    columns: { namespace: "text", account_id: "integer", role: "text" },
  },
  group_roles: {
    key: ["namespace", "provider", "group_id"],
    columns: { namespace: "text", provider: "text", group_id: "text", name: "text", role: "text" },
  },
  packages: {
    key: ["id"],
    columns: {
      id: "integer",
      name: "text",
      namespace: "text",
      visibility: "text",
      rev: "integer",
      created_at: "text",
      modified_at: "text",
    },
  },
  versions: {
    key: ["id"],
    columns: {
      id: "integer",
      package_id: "integer",
      version: "text",
      published_at: "text",
      publisher: "text",
      integrity: "text",
      shasum: "text",
      size: "integer",
      unpacked_size: "integer",
      file_count: "integer",
      keyid: "text",
      sig: "text",
      deprecated: "text?",
      unpublished_at: "text?",
      has_scripts: "flag",
      published_as: "text?",
      quarantined_at: "text?",
      quarantine_reason: "text?",
      quarantine_tags: "text?",
      provenance: "text?",
      warnings: "text",
      manifest: "text",
      readme: "text",
    },
  },
  dist_tags: {
    key: ["package_id", "tag"],
    columns: { package_id: "integer", tag: "text", version: "text", manual: "flag" },
  },
  teams: { key: ["id"], columns: { id: "integer", namespace: "text", name: "text" } },
  team_members: {
    key: ["team_id", "account_id"],
    columns: { team_id: "integer", account_id: "integer" },
  },
  team_packages: {
    key: ["team_id", "package_id"],
    columns: { team_id: "integer", package_id: "integer", permission: "text" },
  },
  package_owners: {
    key: ["package_id", "account_id"],
    columns: { package_id: "integer", account_id: "integer" },
  },
  moved_packages: { key: ["name"], columns: { name: "text", package_id: "integer" } },
  reserved_names: { key: ["name"], columns: { name: "text" } },
  trusts: {
    key: ["id"],
    columns: {
      id: "text",
      subject: "text",
      issuer: "text",
      claims: "text",
      created_by: "text",
      created_at: "text",
    },
  },
  used_jtis: { key: ["issuer", "jti"], columns: { issuer: "text", jti: "text", expires_at: "text" } },
  tokens: {
    key: ["id"],
    columns: {
      id: "text",
      account_id: "integer?",
      kind: "text",
      hash: "text",
      hint: "text",
      name: "text?",
      readonly: "flag",
      packages: "text",
      cidr: "text",
      created_at: "text",
      expires_at: "text?",
      last_used_at: "text?",
      trust_id: "text?",
      provenance: "text?",
    },
  },
  stars: { key: ["package_id", "account_id"], columns: { package_id: "integer", account_id: "integer" } },
  downloads: {
    key: ["package_id", "day", "version"],
    columns: { package_id: "integer", day: "text", version: "text", count: "integer" },
  },
  downloads_by_day: { key: ["day"], columns: { day: "text", count: "integer", restricted: "integer" } },
  installs: {
    key: ["package_id", "day", "version"],
    columns: { package_id: "integer", day: "text", version: "text", count: "integer" },
  },
  signing_keys: {
    key: ["id"],
    columns: { id: "integer", keyid: "text", public_key: "text", private_key: "text", created_at: "text" },
  },
  audit: {
    key: ["id"],
    columns: {
      id: "integer",
      at: "text",
      account: "text?",
      action: "text",
      subject: "text",
      namespace: "text?",
      detail: "text",
      address: "text",
      hash: "text",
    },
  },
  mirrors: {
    key: ["namespace"],
    columns: {
      namespace: "text",
      url: "text",
      etag: "text?",
      contact_at: "text?",
      behind: "integer",
      failed_at: "text?",
      failure: "text?",
    },
  },
  mirror_keys: { key: ["url", "keyid"], columns: { url: "text", keyid: "text", public_key: "text" } },
  mirrored_skills: { key: ["name"], columns: { name: "text", namespace: "text", rev: "text" } },
  mirror_refusals: {
    key: ["name", "version"],
    columns: { name: "text", version: "text", integrity: "text", reason: "text", at: "text" },
  },
};

/** One table as dumps know it. */
export interface TableShape {
  name: string;
  key: string[];
  columns: string[];
  /** Throws ZodError for rows with other columns or types; in order of the columns. */
  parse(row: unknown): DumpedRow["row"];
}

/** In the order in which rows may be written: none refers to one behind it. */
export const DUMPED_TABLES: TableShape[] = Object.entries(SPECS).map(([name, { key, columns }]) => {
  const kinds: [string, Kind][] = Object.entries(columns);
  const row = z.strictObject(Object.fromEntries(kinds.map(([column, kind]) => [column, KINDS[kind]])));
  return { name, key, columns: Object.keys(columns), parse: (given) => row.parse(given) };
});

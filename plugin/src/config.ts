import { hostname } from "node:os";
import { DEFAULT_LIMITS, type Limits } from "@skills-registry/schema";
import { z } from "zod";
import {
  defaultIssuers,
  type IssuerConfig,
  issuers,
  namespaces,
  type ProviderConfig,
  providers,
} from "./config-identity.ts";
import {
  type BlobsConfig,
  blobStore,
  type MetadataConfig,
  metadataStore,
  withBlobPaths,
  withMetadataPaths,
} from "./config-stores.ts";
import { type UpstreamConfig, upstreams, withTokenPath } from "./config-upstream.ts";
import {
  drainSeconds,
  type MetricsAccess,
  metricsAccess,
  nodeName,
  tracing,
  type TracingConfig,
  withMetricsPaths,
  withTracingPaths,
} from "./config-observe.ts";
import type { Visibility } from "./store/identity.ts";

export type { BlobsConfig, MetadataConfig, PostgresConfig, S3Config } from "./config-stores.ts";
export type { UpstreamConfig } from "./config-upstream.ts";
export type { GitHubConfig, IssuerConfig, OidcConfig, ProviderConfig } from "./config-identity.ts";

const bytes = z.number().int().positive();

/**
 * The `skills:` section of the configuration, with every default. The descriptions are the documentation of config.yaml.
 * The host hands plugins its whole configuration, secrets included; nothing outside this section is looked at.
 */
const skillsFields = z.strictObject({
  data: z
    .string()
    .min(1)
    .default("./data")
    .describe("Folder of the database and the tarballs, relative to this file."),
  metadata: metadataStore.prefault({ type: "sqlite" }).describe("Where everything but the tarballs is kept."),
  blobs: blobStore.prefault({ type: "disk" }).describe("Where the tarballs are kept."),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe("Address of the registry as its users see it; null takes it from each request."),
  registration: z
    .enum(["loopback", "open", "closed"])
    .default("loopback")
    .describe("Who may register an account: callers on this machine, everybody, nobody."),
  operators: z
    .array(z.string().min(1))
    .default([])
    .describe("Accounts that run the registry; they have to be there already."),
  providers: providers.default([{ type: "local" }]).describe("Where people log in."),
  secretFile: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "File with the key that secrets in the database are encrypted with; null for secret.key in the data folder. Made when it is missing.",
    ),
  groupsMinutes: bytes
    .default(5)
    .describe("Minutes for which an answer of a provider about somebody's groups counts for publishing."),
  namespaces: namespaces.prefault({}).describe("Orgs, and their skills."),
  trustedPublishing: issuers
    .default(defaultIssuers)
    .describe("CI systems whose runs may publish without a stored token."),
  upstream: upstreams
    .default([])
    .describe("Registries that namespaces are copied of and kept like; see docs/mirroring.md."),
  origins: z
    .array(z.union([z.literal("*"), z.url({ protocol: /^https?$/ })]))
    .default([])
    .describe(
      'Origins whose pages may read the REST API, for example https://intranet.example.com; "*" for all.',
    ),
  requestsPerMinute: bytes
    .default(1200)
    .describe("Requests of one client to search, REST API and pages; more are answered with 429."),
  metrics: metricsAccess
    .default("loopback")
    .describe("Who may read /-/metrics: callers on this machine, everybody, or holders of a token."),
  tracing: tracing.default(null).describe("Where traces are sent; null for nowhere."),
  node: nodeName
    .nullable()
    .default(null)
    .describe("Name of this node in logs and traces; null for that of the machine."),
  drainSeconds: drainSeconds
    .default(0)
    .describe("Seconds for which a node that is told to stop goes on, so that balancers see it leave."),
  limits: z
    .strictObject({
      tarball: bytes.default(DEFAULT_LIMITS.tarball).describe("Bytes of a packed skill."),
      unpacked: bytes.default(DEFAULT_LIMITS.unpacked).describe("Bytes of all its files."),
      entries: bytes.default(DEFAULT_LIMITS.entries).describe("Number of its files and folders."),
      file: bytes.default(DEFAULT_LIMITS.file).describe("Bytes of one file."),
      skillFile: bytes.default(DEFAULT_LIMITS.skillFile).describe("Bytes of a SKILL.md."),
      ratio: bytes.default(DEFAULT_LIMITS.ratio).describe("Unpacked size over packed size."),
    })
    .prefault({})
    .describe("What a skill may be at most."),
});

export const skillsSection = skillsFields.refine(
  ({ metadata, secretFile }) => metadata.type === "sqlite" || secretFile !== null,
  {
    path: ["secretFile"],
    error: "has to name a file with a key that is the same on all nodes, where the metadata is in PostgreSQL",
  },
);

export interface Config {
  /** Absolute path. */
  data: string;
  metadata: MetadataConfig;
  blobs: BlobsConfig;
  /** Without a trailing slash. */
  publicUrl: string | null;
  registration: "loopback" | "open" | "closed";
  /** Names of accounts. */
  operators: string[];
  /** At least one; ids are unique. */
  providers: ProviderConfig[];
  /** Absolute path; null for `secret.key` in the data folder. */
  secretFile: string | null;
  groupsMinutes: number;
  namespaces: {
    create: "anyone" | "operators" | "github";
    /** Names of accounts. */
    creators: string[];
    reserved: string[];
    visibility: Visibility;
  };
  trustedPublishing: IssuerConfig[];
  /** A namespace is in one of them at most. */
  upstream: UpstreamConfig[];
  /** Without trailing slashes; may hold `*`. */
  origins: string[];
  requestsPerMinute: number;
  /** Paths of secrets are absolute, here and in `tracing`. */
  metrics: MetricsAccess;
  tracing: TracingConfig | null;
  node: string;
  drainSeconds: number;
  limits: Limits;
}

/** The section completed with what is not configurable. `resolvePath` makes the data folder absolute. */
export function toConfig(
  section: z.infer<typeof skillsSection>,
  resolvePath: (path: string) => string,
): Config {
  return {
    data: resolvePath(section.data),
    metadata: withMetadataPaths(section.metadata, resolvePath),
    blobs: withBlobPaths(section.blobs, resolvePath),
    publicUrl: section.publicUrl === null ? null : section.publicUrl.replace(/\/+$/, ""),
    registration: section.registration,
    operators: section.operators,
    providers: section.providers.map((configured) => withSecretPath(configured, resolvePath)),
    secretFile: section.secretFile === null ? null : resolvePath(section.secretFile),
    groupsMinutes: section.groupsMinutes,
    namespaces: section.namespaces,
    trustedPublishing: section.trustedPublishing,
    upstream: section.upstream.map((configured) => withTokenPath(configured, resolvePath)),
    origins: section.origins.map((origin) => (origin === "*" ? origin : new URL(origin).origin)),
    requestsPerMinute: section.requestsPerMinute,
    metrics: withMetricsPaths(section.metrics, resolvePath),
    tracing: withTracingPaths(section.tracing, resolvePath),
    node: section.node ?? hostname(),
    drainSeconds: section.drainSeconds,
    limits: { ...DEFAULT_LIMITS, ...section.limits },
  };
}

function withSecretPath(configured: ProviderConfig, resolvePath: (file: string) => string): ProviderConfig {
  if (configured.type === "local" || typeof configured.clientSecret !== "object") return configured;
  return { ...configured, clientSecret: { file: resolvePath(configured.clientSecret.file) } };
}

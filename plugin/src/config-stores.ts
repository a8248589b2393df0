import { z } from "zod";

/** A secret in the file itself, or the path of a file that holds it. */
export const secret = z.union([z.string().min(1), z.strictObject({ file: z.string().min(1) })]);
const positive = z.number().int().positive();

const sqlite = z.strictObject({
  type: z.literal("sqlite").describe("One file in the data folder, for one machine."),
});

const postgres = z.strictObject({
  type: z.literal("postgres").describe("PostgreSQL 14 or later, for any number of nodes."),
  url: secret.describe(
    "postgres://user@host:5432/database, or { file: path } of a file that holds it. The password may stand in it, in PGPASSWORD or in ~/.pgpass.",
  ),
  replicas: z
    .array(secret)
    .default([])
    .describe("Read replicas for search and statistics, which may lag behind by what they lag."),
  connections: positive.max(1000).default(10).describe("Connections of one node."),
  statementSeconds: positive.default(30).describe("Longest time a query may take."),
});

const disk = z.strictObject({
  type: z.literal("disk").describe("Files in the data folder, for one machine."),
});

const s3 = z.strictObject({
  type: z.literal("s3").describe("A bucket of S3, or of any server that speaks its protocol."),
  bucket: z.string().min(3).max(63),
  /** Keys begin with it; a bucket may hold several registries. */
  prefix: z
    .string()
    .regex(/^([\w.-]+\/)*$/, "has to be empty, or names that each end with a slash")
    .default("")
    .describe("What keys begin with, for example skills/."),
  region: z.string().min(1).default("us-east-1"),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe("Address of a server that is not Amazon's."),
  pathStyle: z
    .boolean()
    .default(false)
    .describe("Bucket in the path, not in the host name; most other servers want it."),
  credentials: z
    .strictObject({ accessKeyId: z.string().min(1), secretAccessKey: secret })
    .nullable()
    .default(null)
    .describe("null takes them from the environment, shared files or the role of the machine."),
  encryption: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("AES256") }),
      z.strictObject({ type: z.literal("aws:kms"), keyId: z.string().min(1).optional() }),
    ])
    .nullable()
    .default(null)
    .describe("Server-side encryption; null leaves it to the bucket."),
  tarballs: z
    .enum(["proxied", "presigned"])
    .default("proxied")
    .describe(
      "proxied: nodes send tarballs themselves, verified. presigned: clients are sent on to the bucket, which they have to reach.",
    ),
  cacheBytes: positive
    .default(1024 ** 3)
    .describe("Bytes of verified tarballs that a node keeps in its data folder."),
  // A removal asks twice, and has to be over before its lease is (registry/sweep.ts), or it may remove what was put again.
  timeoutSeconds: positive
    .max(60)
    .default(10)
    .describe("How long the server may be silent before a request is given up."),
});

/** Where everything but the tarballs is kept. */
export const metadataStore = z.discriminatedUnion("type", [sqlite, postgres]);
/** Where the tarballs are kept. */
export const blobStore = z.discriminatedUnion("type", [disk, s3]);

export type Secret = string | { file: string };
export type MetadataConfig = z.infer<typeof metadataStore>;
export type PostgresConfig = z.infer<typeof postgres>;
export type BlobsConfig = z.infer<typeof blobStore>;
export type S3Config = z.infer<typeof s3>;

/** The same with absolute paths of the files that hold secrets. */
export function withMetadataPaths(
  configured: MetadataConfig,
  resolvePath: (file: string) => string,
): MetadataConfig {
  if (configured.type === "sqlite") return configured;
  const resolved = (given: Secret): Secret => resolveSecret(given, resolvePath);
  return { ...configured, url: resolved(configured.url), replicas: configured.replicas.map(resolved) };
}

/** The same with the absolute path of the file that holds the secret key. */
export function withBlobPaths(configured: BlobsConfig, resolvePath: (file: string) => string): BlobsConfig {
  if (configured.type === "disk" || configured.credentials === null) return configured;
  const { accessKeyId, secretAccessKey } = configured.credentials;
  return {
    ...configured,
    credentials: { accessKeyId, secretAccessKey: resolveSecret(secretAccessKey, resolvePath) },
  };
}

/** The same with an absolute path. */
export function resolveSecret(given: Secret, resolvePath: (file: string) => string): Secret {
  return typeof given === "string" ? given : { file: resolvePath(given.file) };
}

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Settings } from "../../plugin/src/config-file.ts";
import type { PostgresConfig, S3Config } from "../../plugin/src/config.ts";
import type { Blobs } from "../../plugin/src/store/blobs.ts";
import { diskBlobs } from "../../plugin/src/store/blobs/disk.ts";
import { s3Blobs } from "../../plugin/src/store/blobs/s3.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { openSqlite } from "../../plugin/src/store/metadata/sqlite/open.ts";
import { makeDatabase, postgresSettings } from "./postgres-databases.ts";
import { makeBucket } from "./s3-server.ts";

/** `postgres` runs the tests of the registry on PostgreSQL and S3 instead of SQLite and the disk. */
const STORE = process.env["SKILLS_TEST_STORE"] ?? "embedded";
const onPostgres = STORE === "postgres";

if (!onPostgres && STORE !== "embedded")
  throw new Error(`SKILLS_TEST_STORE has to be postgres, not ${STORE}`);

interface TestStore extends AsyncDisposable {
  metadata: PostgresConfig;
  blobs: S3Config;
}

/** By the data folder of the registry: whoever opens the same folder again finds what is in it. */
const stores = new Map<string, Promise<TestStore>>();

/** The settings with the stores that this run is about. Stores that a test chose itself stay what they are. */
export async function withTestStore(settings: Settings): Promise<Settings> {
  const { registry } = settings;
  if (!onPostgres || registry.metadata.type === "postgres") return settings;
  const { metadata, blobs } = await testStoreOf(registry.data);
  const chosen = registry.blobs.type === "disk" ? blobs : registry.blobs;
  const secretFile = registry.secretFile ?? secretFileOf(registry.data);
  return { ...settings, registry: { ...registry, metadata, blobs: chosen, secretFile } };
}

/** The same for the `skills` section of a configuration file about this data folder. */
export async function testStoreSection(data: string): Promise<Record<string, unknown>> {
  if (!onPostgres) return {};
  const { metadata, blobs } = await testStoreOf(data);
  return { metadata, blobs, secretFile: secretFileOf(data) };
}

/**
 * The same for a process of its own with these options: those that name a configuration file in the data folder. None where the options
 * name one themselves, and for a folder with a database that the test made.
 */
export async function testStoreOptions(data: string, options: string[]): Promise<string[]> {
  if (!onPostgres || options.includes("--config") || existsSync(path.join(data, "registry.sqlite")))
    return [];
  const file = path.join(data, "test-store.yaml");
  await mkdir(data, { recursive: true });
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ skills: await testStoreSection(data) }));
  return ["--config", file];
}

function secretFileOf(data: string): string {
  return path.join(path.dirname(data), "secret.key");
}

/** Of a data folder in a run on PostgreSQL; made when it is asked for the first time. */
async function testStoreOf(data: string): Promise<TestStore> {
  const known = stores.get(data);
  if (known !== undefined) return await known;
  const made = makeStore();
  stores.set(data, made);
  return await made;
}

/** The metadata of a registry that runs, opened once more, as another node or a command has it. */
export async function openMetadataBeside(data: string): Promise<Metadata> {
  if (!onPostgres) return await openSqlite({ file: path.join(data, "registry.sqlite") });
  return (await openPostgres((await testStoreOf(data)).metadata)).metadata;
}

/** The same for its tarballs. */
export async function openBlobsBeside(data: string): Promise<Blobs> {
  if (!onPostgres) return await diskBlobs({ dir: path.join(data, "blobs") });
  return await s3Blobs((await testStoreOf(data)).blobs, { cacheDir: path.join(data, "cache-beside") });
}

/** Its contents are gone after this. */
export async function dropTestStore(data: string): Promise<void> {
  const known = stores.get(data);
  stores.delete(data);
  await (await known)?.[Symbol.asyncDispose]();
}

async function makeStore(): Promise<TestStore> {
  const [database, bucket] = await Promise.all([makeDatabase(), makeBucket()]);
  return {
    metadata: postgresSettings(database.url),
    blobs: bucket.settings,
    async [Symbol.asyncDispose]() {
      await bucket[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

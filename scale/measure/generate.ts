import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { syntheticCorpus } from "../../bench/search-corpus.ts";
import { reindex } from "../../plugin/src/registry/reindex.ts";
import type { DumpedRow, Metadata } from "../../plugin/src/store/metadata.ts";
import type { SearchDocument } from "../../plugin/src/store/search.ts";

/** Versions of each package. */
export const VERSIONS = 4;
const DAY_MS = 86_400_000;
const TARBALL_BYTES = 20_000;

/** The index that takes longest to write; built at the end it is the same, and there sooner. */
const WORDS_INDEX = "search_documents_terms";

/**
 * Fills an unused database with packages that are the same every time: names and texts of bench/search-corpus.ts, four versions each. The rows
 * come in as those of a backup do, and the search documents are made of them as after an upgrade. Their tarballs do not exist.
 */
export async function generate(
  metadata: Metadata,
  { packages, url, say }: { packages: number; url: string; say: (done: string) => void },
): Promise<void> {
  await metadata.load(() => rows(packages));
  say("rows are written");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: found } = await client.query<{ definition: string }>(
    `select pg_get_indexdef('${WORDS_INDEX}'::regclass) as definition`,
  );
  await client.query(`drop index ${WORDS_INDEX}`);
  await reindex({
    metadata,
    now: () => new Date(),
    progress: (done) => {
      if (done % 10_000 === 0) say(`${done} packages are indexed`);
    },
  });
  await client.query(found[0]?.definition ?? "");
  await client.query("vacuum analyze");
  await client.end();
}

async function* rows(packages: number): AsyncIterable<DumpedRow> {
  const corpus = syntheticCorpus();
  yield { table: "registry", row: { id: randomUUID(), created_at: new Date(0).toISOString() } };
  for (let index = 0; index < packages; index += 1) yield packageRow(index, corpus.document(index));
  for (let index = 0; index < packages; index += 1) {
    const document = corpus.document(index);
    for (let version = 0; version < VERSIONS; version += 1) yield versionRow(index, version, document);
  }
  for (let index = 0; index < packages; index += 1) {
    const row = { package_id: index + 1, tag: "latest", version: numberOf(VERSIONS - 1), manual: false };
    yield { table: "dist_tags", row };
  }
}

function packageRow(index: number, { name, namespace, publishedAt }: SearchDocument): DumpedRow {
  const times = { created_at: publishedAt, modified_at: publishedAt };
  return {
    table: "packages",
    row: { id: index + 1, name, namespace, visibility: "public", rev: VERSIONS, ...times },
  };
}

function versionRow(index: number, serial: number, document: SearchDocument): DumpedRow {
  const { name, description, keywords, license, publisher, body } = document;
  const version = numberOf(serial);
  const digest = createHash("sha512").update(`${name}@${version}`).digest();
  const skill = name.slice(name.indexOf("/") + 1);
  const manifest = { name, version, description, keywords, license, skill: { name: skill, description } };
  return {
    table: "versions",
    row: {
      id: index * VERSIONS + serial + 1,
      package_id: index + 1,
      version,
      published_at: new Date(
        Date.parse(document.publishedAt) - (VERSIONS - 1 - serial) * DAY_MS,
      ).toISOString(),
      publisher,
      integrity: `sha512-${digest.toString("base64")}`,
      shasum: digest.toString("hex", 0, 20),
      size: TARBALL_BYTES,
      unpacked_size: TARBALL_BYTES * 3,
      file_count: 5,
      has_scripts: document.hasScripts,
      keyid: "SHA256:generated",
      sig: digest.toString("base64"),
      deprecated: document.deprecated ? "is not kept up" : null,
      unpublished_at: null,
      published_as: null,
      quarantined_at: null,
      quarantine_reason: null,
      quarantine_tags: null,
      provenance: null,
      warnings: "[]",
      manifest: JSON.stringify(manifest),
      readme: `---\nname: ${skill}\ndescription: ${description}\n---\n\n# ${version}\n\n${body}\n`,
    },
  };
}

function numberOf(serial: number): string {
  return `1.${serial}.0`;
}

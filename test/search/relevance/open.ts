import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { defaultSettings } from "../../../plugin/src/config-file.ts";
import { buildRegistry, type Registry } from "../../../plugin/src/open.ts";
import { diskBlobs } from "../../../plugin/src/store/blobs/disk.ts";
import { openPostgres } from "../../../plugin/src/store/metadata/postgres/open.ts";
import { postgresSettings } from "../../support/postgres-databases.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres-server.ts";
import { openDomain } from "../../support/publishing.ts";
import { type CorpusSkill, indexAll, readCorpus } from "./corpus.ts";
import { type Judgement, readJudgements } from "./judgements.ts";
import { measure } from "./measure.ts";
import type { Contender } from "./report.ts";
import { engine, plainFts } from "./searchers.ts";

export interface Relevance extends AsyncDisposable {
  skills: CorpusSkill[];
  judgements: Judgement[];
  /** Asks all queries: the engine first, then plain FTS5 with any and with all of the words. */
  contenders(): Promise<[engine: Contender, any: Contender, all: Contender]>;
}

export type Store = "sqlite" | "postgres";

/** A registry in a temporary folder, or on a PostgreSQL of its own, that knows the skills of the corpus. */
export async function openRelevance(corpus: string, store: Store = "sqlite"): Promise<Relevance> {
  const judgements = readJudgements();
  const skills = await readCorpus(corpus);
  const dir = await mkdtemp(path.join(tmpdir(), "skills-relevance-"));
  const server = store === "postgres" ? await startPostgres() : undefined;
  const registry = server === undefined ? await openDomain(dir) : await openOver(server, dir);
  const { parts } = registry.services;
  await indexAll(parts.metadata, skills);
  return {
    skills,
    judgements,
    contenders: async () => [
      { name: "skills-registry", measured: await measure(judgements, engine(parts)) },
      { name: "plain FTS5, any word", measured: await measure(judgements, plainFts(skills, "OR")) },
      { name: "plain FTS5, all words", measured: await measure(judgements, plainFts(skills, "AND")) },
    ],
    async [Symbol.asyncDispose]() {
      await registry.close();
      await server?.[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    },
  };
}

async function openOver(server: PostgresServer, dir: string): Promise<Registry> {
  const { registry: config } = defaultSettings(dir);
  const stores = await openPostgres(postgresSettings(server.url("postgres")));
  return await buildRegistry(config, {
    ...stores,
    blobs: await diskBlobs({ dir: path.join(config.data, "blobs") }),
  });
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
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

/** A registry in a temporary folder that knows the skills of the corpus. */
export async function openRelevance(corpus: string): Promise<Relevance> {
  const judgements = readJudgements();
  const skills = await readCorpus(corpus);
  const dir = await mkdtemp(path.join(tmpdir(), "skills-relevance-"));
  const registry = await openDomain(dir);
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
      await rm(dir, { recursive: true });
    },
  };
}

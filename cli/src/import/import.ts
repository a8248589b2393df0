import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import type { Access } from "../publish/plan-publish.ts";
import { chooseCandidates, type Chosen } from "./choose.ts";
import { findCandidates } from "./find.ts";
import { judge, type Judged } from "./judge.ts";
import { openSource } from "./open.ts";
import { planImport, planOne, type Planned } from "./plan.ts";
import { inPool } from "./pool.ts";
import { readCandidates } from "./prepare.ts";
import type { ImportSource } from "./source.ts";
import type { Origin } from "./tree.ts";

export interface ImportWish {
  source: ImportSource;
  /** `@acme` */
  namespace: string;
  /** Names or folders; all when empty. */
  select: readonly string[];
  ref: string | undefined;
  /** Folder of the source; "" for all of it. */
  folder: string;
  access: Access | undefined;
  fix: boolean;
  force: boolean;
  /** `check` does everything but the publish itself. */
  mode: "publish" | "check";
}

/** What an import found, and what it would do. Nothing was changed yet. */
export interface ImportPlan {
  origin: Origin;
  items: Planned[];
  /** Asks the registry once more, where somebody else has published in the meantime. */
  replan: (judged: Judged) => Promise<Planned>;
}

/** Candidates that are judged at a time: packing waits for the disk, and npm's packer is loaded once. */
const AT_ONCE = 4;
/** Reads the source and compares it with the registry. Throws EIMPORT for a source that cannot be read, or holds no skill. */
export async function prepareImport(context: Context, wish: ImportWish): Promise<ImportPlan> {
  const { source, ref, folder } = wish;
  await using tree = await openSource(context, source, { ref, folder });
  const candidates = await findCandidates(tree);
  if (candidates.length === 0) throw noSkills(tree.files.length);
  const chosen = chooseCandidates(await readCandidates(tree, candidates), wish.select);
  context.note(`comparing ${chosen.length} of ${candidates.length} skills with the registry`);
  const judged = await inPool(chosen, AT_ONCE, (one) => judgeChosen(one, tree.origin, wish));
  const paths = new Set(candidates.map(({ path }) => path));
  const { access, force, mode } = wish;
  const planWish = { access, force, mode, origin: tree.origin, paths };
  return {
    origin: tree.origin,
    items: await planImport(context, judged, planWish),
    replan: (one) => planOne(context, one, planWish),
  };
}

async function judgeChosen(
  { material, skill, isNamed, rivals }: Chosen,
  origin: Origin,
  { namespace, fix }: ImportWish,
): Promise<Judged> {
  const judged = await judge(material, origin, { namespace, skill, fix, isChosen: isNamed });
  if (rivals.length === 0) return judged;
  const { draft: _, ...rest } = judged;
  return {
    ...rest,
    reason: `it has the same name as ${rivals.join(", ")}: choose one by its folder with --select`,
  };
}

function noSkills(files: number): SkillsError {
  const message = files === 0 ? "there are no files in it" : `there is no SKILL.md among its ${files} files`;
  return new SkillsError("EIMPORT", message, {
    hint: "A skill is a folder with a SKILL.md; --ref and --path say where else to look.",
  });
}

import { isError, type Issue } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import type { FailureDocument } from "../failure.ts";
import { highestVersion } from "../publish/next-version.ts";
import {
  planPublish,
  readPublished,
  type Access,
  type Published,
  type PublishPlan,
} from "../publish/plan-publish.ts";
import type { Packed } from "../publish/pack.ts";
import type { Judged } from "./judge.ts";
import { reasonToKeepOff, type Importer } from "./ownership.ts";
import { inPool } from "./pool.ts";

/** What becomes of a candidate: what is `refused` breaks no rule, and has something else in its way. */
export type State = "new" | "update" | "unchanged" | "invalid" | "refused";

/** A candidate as people and `--json` see it. */
export interface Row {
  path: string;
  kind: "skill" | "pack";
  name: string;
  /** What upstream's package.json calls it, where that is another name. */
  upstreamName: string | null;
  state: State;
  /** The version that is, or would be, published; null for what is not. */
  version: string | null;
  /** The highest version in the registry; null for none. */
  previous: string | null;
  /** Why it is refused or invalid, where no finding says it. */
  reason: string | null;
  issues: Issue[];
  /** What --fix changed in the imported copy. */
  fixed: string[];
  published: boolean;
  error: FailureDocument | null;
}

/** A row with what publishing it takes. */
export interface Planned {
  row: Row;
  judged: Judged;
  todo?: { published: Published; plan: Extract<PublishPlan, { packed: Packed }> };
}

export interface PlanWish extends Importer {
  access: Access | undefined;
  mode: "publish" | "check";
}

/** Requests and packings at a time. */
const AT_ONCE = 8;

/** Asks the registry about every candidate, a few at a time, and changes nothing. */
export async function planImport(
  context: Context,
  judged: readonly Judged[],
  wish: PlanWish,
): Promise<Planned[]> {
  using progress = context.progress("comparing", judged.length);
  return await inPool(judged, AT_ONCE, async (one) => {
    const planned = await planOne(context, one, wish);
    progress.tick(one.name);
    return planned;
  });
}

/** Asks the registry about one candidate. */
export async function planOne(context: Context, judged: Judged, wish: PlanWish): Promise<Planned> {
  context.signal.throwIfAborted();
  const { draft, name, candidate } = judged;
  if (draft === undefined) {
    const state = judged.issues.some(isError) ? "invalid" : "refused";
    return { judged, row: rowOf(judged, { state }) };
  }
  const { access, mode } = wish;
  const published = await readPublished(context, name, { tag: undefined, access, mode });
  const { packument } = published;
  const previous = highestVersion(packument) ?? null;
  const reason = reasonToKeepOff({ name, packument, path: candidate.path }, wish);
  if (reason !== undefined) return { judged, row: rowOf(judged, { state: "refused", previous, reason }) };
  const plan = await planPublish(draft, published, undefined);
  const row = rowOf(judged, { state: plan.action, previous, version: plan.version });
  return plan.action === "unchanged" ? { judged, row } : { judged, row, todo: { published, plan } };
}

/** The row of a candidate, with what is known of it. */
export function rowOf(judged: Judged, known: Pick<Row, "state"> & Partial<Row>): Row {
  const { candidate, name, upstreamName = null, reason = null, issues, fixed } = judged;
  const { path, kind } = candidate;
  const nothing = { version: null, previous: null, published: false, error: null };
  return { path, kind, name, upstreamName, reason, issues, fixed, ...nothing, ...known };
}

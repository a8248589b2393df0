import type { Context } from "../context.ts";
import { describeFailure, failureDocument, failureLines, type Failure } from "../failure.ts";
import { putPacked } from "../publish/publish.ts";
import type { ImportPlan } from "./import.ts";
import type { Planned, Row } from "./plan.ts";
import { inPool } from "./pool.ts";

/** Publishes at a time: the registry writes one after the other, and uploads need not wait for that. */
const PUBLISHES = 4;

/** A refusal that says the same of every skill. */
const OF_ALL = new Set(["ENEEDAUTH", "E401", "ESKILLSCOPE"]);

/** A registry that is gone, full, read-only or overrun. Each try for a skill takes its time, with all the pauses between. */
const OUTAGE = /^(EREGISTRY|ESTORAGE|EINTERNAL|ETOOMANY|E429|E5\d\d)$/;

/** Outages in a row, after which the rest is not tried any more. */
const OUTAGES_MAX = 4;

interface Run {
  done: number;
  total: number;
  replan: ImportPlan["replan"];
  /** Outages since the last skill that went well. */
  outages: number;
}

/**
 * Publishes what is new or has changed, a few at a time. One failure neither stops nor hides the others, but one that would
 * meet all of them does: no login, or a namespace of others; and once the registry itself fails, nothing more is sent to it.
 */
export async function publishImport(context: Context, { items, replan }: ImportPlan): Promise<Row[]> {
  const todo = items.filter((item) => item.todo !== undefined);
  const run: Run = { done: 0, total: todo.length, replan, outages: 0 };
  const rows = new Map<Planned, Row>();
  const publish = async (item: Planned) => rows.set(item, await publishOne(context, item, run));
  await inPool(todo.slice(0, 1), 1, publish);
  await inPool(todo.slice(1), PUBLISHES, publish);
  return items.map((item) => rows.get(item) ?? item.row);
}

async function publishOne(context: Context, item: Planned, run: Run): Promise<Row> {
  context.signal.throwIfAborted();
  if (run.outages >= OUTAGES_MAX) return { ...item.row, error: failureDocument(notTried()) };
  try {
    const row = await put(context, item, run);
    run.outages = 0;
    note(context, run, `${row.state} ${row.name}${row.published ? `@${row.version}` : ""}`);
    return row;
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = describeFailure(error);
    if (run.done === 0 && OF_ALL.has(failure.code)) throw error;
    run.outages = OUTAGE.test(failure.code) ? run.outages + 1 : 0;
    note(context, run, `${item.row.name} failed`);
    for (const line of failureLines(failure)) context.note(line);
    return { ...item.row, error: failureDocument(failure) };
  }
}

/** Where the version is taken, somebody else has published in the meantime: what is left to do then is asked anew. */
async function put(context: Context, { row, judged, todo }: Planned, { replan }: Run): Promise<Row> {
  const { draft } = judged;
  if (todo === undefined || draft === undefined) return row;
  let last: Planned = { row, judged, todo };
  const again = async (): Promise<"publish" | "stop"> => {
    last = await replan(judged);
    return last.todo === undefined ? "stop" : "publish";
  };
  const { manifest } = await putPacked(context, todo.plan.packed, {
    draft,
    again,
    options: todo.published.options,
  });
  if (last.todo === undefined) return last.row;
  return { ...last.row, version: manifest.version, published: true };
}

function note({ note: tell }: Context, run: Run, text: string): void {
  tell(`[${++run.done}/${run.total}] ${text}`);
}

function notTried(): Failure {
  const message = "not tried, for the registry goes on failing";
  return { code: "EREGISTRY", message, hint: "Import again when it is up.", issues: [], exit: 1 };
}

import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "./context.ts";
import { describeFailure, failureDocument, failureLines, type FailureDocument } from "./failure.ts";

interface Failed {
  /** The folder or spec that failed. */
  item: string;
  error: FailureDocument;
}

export interface Batch<T> {
  done: T[];
  failed: Failed[];
}

/**
 * Does one thing after the other. A single item fails as it is; among several, one failure neither stops nor hides the
 * others: it is shown at once and counted at the end. Ctrl-C stops them all.
 */
export async function doEach<T>(
  context: Context,
  items: string[],
  work: (item: string) => Promise<T>,
): Promise<Batch<T>> {
  const [only] = items;
  if (items.length === 1 && only !== undefined) return { done: [await work(only)], failed: [] };
  const batch: Batch<T> = { done: [], failed: [] };
  for (const [index, item] of items.entries()) {
    context.signal.throwIfAborted();
    context.note(`[${index + 1}/${items.length}] ${item}`);
    try {
      batch.done.push(await work(item));
    } catch (error) {
      context.signal.throwIfAborted();
      const failure = describeFailure(error);
      for (const line of failureLines(failure)) context.note(line);
      batch.failed.push({ item, error: failureDocument(failure) });
    }
  }
  return batch;
}

/** What the outcome of a batch with failures carries besides its results. */
export function partialFailure({ done, failed }: Batch<unknown>): { failure?: SkillsError } {
  if (failed.length === 0) return {};
  const total = done.length + failed.length;
  return {
    failure: new SkillsError(
      "EPARTIAL",
      `${failed.length} of ${total} failed: ${failed.map(({ item }) => item).join(", ")}`,
    ),
  };
}

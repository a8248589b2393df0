import { isError, SkillsError, statusOf } from "@skills-registry/schema";
import type { Metrics } from "./metrics.ts";

/** Passes on what becomes of a publish, and lets operators see it in the metrics. */
export async function notePublish<T extends { action: "created" | "updated" | "unchanged" }>(
  metrics: Metrics,
  publishing: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await publishing();
    metrics.publish(answer.action, []);
    return answer;
  } catch (error) {
    const isRefusal = error instanceof SkillsError && statusOf(error.code) < 500;
    metrics.publish(isRefusal ? "refused" : "failed", reasonsOf(error));
    throw error;
  }
}

/** The codes of its findings, else its own. They are those of two tables, whatever was published. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof SkillsError)) return ["EINTERNAL"];
  const codes = error.issues.filter(isError).map(({ code }) => code);
  return codes.length === 0 ? [error.code] : codes;
}

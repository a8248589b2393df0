import { createHash } from "node:crypto";
import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";

/** Hits that can be reached by paging: the work of a page grows with its distance from the first. */
export const REACH_MAX = 10_000;

const CURSOR = /^[\w-]{1,100}$/;
const content = z.tuple([z.number().int().min(1).max(REACH_MAX), z.string()]);

/**
 * Where the next page begins, for one question only: sent with another one, it would skip hits that nobody has seen.
 * Null when there is no next page, or none that can be reached.
 */
export function cursorAfter(
  question: string[],
  { from, shown, total }: { from: number; shown: number; total: number },
): string | null {
  const end = from + shown;
  // A page without hits ends the walk, whatever the total: of very common words, search ranks only some.
  if (shown === 0 || end >= total || end > REACH_MAX) return null;
  return Buffer.from(JSON.stringify([end, fingerprint(question)])).toString("base64url");
}

/** Throws EBADREQUEST for what is no cursor, or that of another question. */
export function readCursor(question: string[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const [from, mark] = decode(cursor) ?? [];
  if (from !== undefined && mark === fingerprint(question)) return from;
  throw new SkillsError(
    "EBADREQUEST",
    'the parameter "cursor" is not one that this query was answered with',
    {
      hint: "Send the value of next, or follow the Link header, and change nothing else.",
    },
  );
}

function decode(cursor: string): z.infer<typeof content> | undefined {
  if (!CURSOR.test(cursor)) return undefined;
  try {
    const parsed = content.safeParse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Short: it guards against mistakes, not against attacks. */
function fingerprint(question: string[]): string {
  return createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 10);
}

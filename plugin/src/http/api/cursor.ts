import { createHash } from "node:crypto";
import { SkillsError } from "@skills-registry/schema";
import { z } from "zod";

/** Hits that can be reached by paging: the work of a page grows with its distance from the first. */
export const REACH_MAX = 10_000;

const CURSOR = /^[\w-]{1,100}$/;
const content = z.tuple([z.number().int().min(1), z.string()]);

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
  const from = readPosition(question, cursor) ?? 0;
  if (from <= REACH_MAX) return from;
  throw wrongCursor();
}

/** The number in a cursor of `cursorAt`; undefined for the first page. Throws EBADREQUEST as `readCursor` does. */
export function readPosition(question: string[], cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [position, mark] = decode(cursor) ?? [];
  if (position !== undefined && mark === fingerprint(question)) return position;
  throw wrongCursor();
}

function wrongCursor(): SkillsError {
  return new SkillsError(
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

/** The same for lists that are paged by a number of their own, as the id of an entry. Null when there is no next page. */
export function cursorAt(question: string[], position: number | undefined): string | null {
  if (position === undefined) return null;
  return Buffer.from(JSON.stringify([position, fingerprint(question)])).toString("base64url");
}

/** Short: it guards against mistakes, not against attacks. */
function fingerprint(question: string[]): string {
  return createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 10);
}

import type { Caller } from "../registry/caller.ts";
import type { Visibility } from "../store/identity.ts";
import type { Answer } from "./answer.ts";

/** A published version never changes; one of a restricted skill stays with the reader who may have it. */
export function immutable(visibility: Visibility): string {
  return `${visibility === "public" ? "public" : "private"}, max-age=31536000, immutable`;
}

/**
 * What somebody gets who proved who they are may hold what others must not see: a cache that serves several people keeps none
 * of it, but for what its handler called public.
 */
export function forCallerAlone(answer: Answer, { token }: Caller): Answer {
  const control = answer.headers["cache-control"] ?? "no-cache";
  if (token === null || /^(public|private|no-store)/.test(control)) return answer;
  return { ...answer, headers: { ...answer.headers, "cache-control": `private, ${control}` } };
}

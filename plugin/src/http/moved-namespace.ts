import type { Answer } from "./answer.ts";
import type { Services } from "./services.ts";

/**
 * The answer to a reader of a namespace's old name: the address under its new one. Undefined where it has no other name.
 * Not to be kept: the new name may change, too.
 */
export async function movedNamespace(
  { parts }: Services,
  name: string,
  addressOf: (name: string) => string,
): Promise<Answer | undefined> {
  const movedTo = (await parts.metadata.namespace(name))?.movedTo ?? null;
  if (movedTo === null) return undefined;
  const headers = { location: addressOf(movedTo), "cache-control": "no-cache" };
  return { status: 308, headers, body: { kind: "none" } };
}

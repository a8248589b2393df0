import { isNamespace } from "@skills-registry/schema/basics";
import { usageError } from "../usage-error.ts";

/** `acme` and `@acme` both mean @acme. */
export function parseScope(text: string): string {
  const namespace = text.replace(/^@/, "");
  if (!isNamespace(namespace)) throw usageError(`"${text}" is not a namespace; one looks like @acme`);
  return `@${namespace}`;
}

/** The same for an option that may be absent. */
export function optionalScope(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseScope(text);
}

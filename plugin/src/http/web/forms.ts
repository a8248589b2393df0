import { SkillsError } from "@skills-registry/schema";
import type { z } from "zod";
import { parseBody } from "../npm/documents.ts";
import type { Request } from "../request.ts";

/** Bytes of a form; the longest field of ours has some hundred. */
const FORM_MAX = 16 * 1024;
const FORM_TYPE = /^application\/x-www-form-urlencoded(?:;|$)/i;

/** The fields of a sent form as the schema's type. Throws EBADREQUEST, EBADBODY naming the fields that are wrong, ESKILLTOOLARGE. */
export async function readForm<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  if (!FORM_TYPE.test(request.headers["content-type"] ?? "")) {
    throw new SkillsError("EBADREQUEST", "this address takes a form (application/x-www-form-urlencoded)");
  }
  const fields = new URLSearchParams((await request.readBody(FORM_MAX)).toString());
  const names = [...fields.keys()];
  if (new Set(names).size !== names.length)
    throw new SkillsError("EBADREQUEST", "a field of the form came twice");
  return parseBody(schema, Object.fromEntries(fields));
}

import { SkillsError } from "@skills-registry/schema";
import type { Account } from "../store/metadata.ts";
import type { Caller } from "./caller.ts";

/**
 * What a request wants to do.
 * `public`: nothing is asked of the caller. `read`: see a package. `account`: see one's own account, or log out.
 * `manage`: change one's account or tokens. `star`: like a package. `publish`: change a package in `namespace`.
 * `operate`: see how the registry is doing.
 */
export type Permission =
  | { action: "public" }
  | { action: "read" }
  | { action: "account" }
  | { action: "manage" }
  | { action: "star" }
  | { action: "operate" }
  | { action: "publish"; namespace: string };

/**
 * The one authorisation function: every route asks it before it does anything.
 * Throws ENEEDAUTH (401) for anonymous callers, EFORBIDDEN (403) for tokens that may not, ESKILLSCOPE (403) for foreign namespaces.
 */
export function authorize(caller: Caller, permission: Permission): void {
  if (permission.action === "public" || permission.action === "read") return;
  const account = requireAccount(caller);
  if (permission.action === "account") return;
  if (permission.action === "operate") return requireOperator(caller);
  if (caller.token?.readonly === true) {
    throw new SkillsError("EFORBIDDEN", "this token is read-only", {
      hint: "Use a token made without --read-only.",
    });
  }
  if (permission.action === "publish" && permission.namespace !== account.name) {
    throw new SkillsError(
      "ESKILLSCOPE",
      `the namespace @${permission.namespace} belongs to the account "${permission.namespace}", you are "${account.name}"`,
      { hint: `Publish as @${account.name}/…, or log in as ${permission.namespace}.` },
    );
  }
}

function requireOperator(caller: Caller): void {
  if (caller.operator) return;
  throw new SkillsError("EFORBIDDEN", "this is for the operators of the registry", {
    hint: "Operators are named in the configuration, under skills.operators.",
  });
}

/** The account of the caller; throws ENEEDAUTH for an anonymous one. */
export function requireAccount(caller: Caller): Account {
  if (caller.account === null) throw new SkillsError("ENEEDAUTH", "this needs a login");
  return caller.account;
}

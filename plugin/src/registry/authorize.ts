import { SkillsError } from "@skills-registry/schema";
import type { AccessFacts, AccessQuestion, Role } from "../store/identity.ts";
import type { Package } from "../store/metadata.ts";
import { type Caller, requireAccount } from "./caller.ts";
import type { Parts } from "./parts.ts";
import { includes, type Right, rightTo } from "./rights.ts";
import { covers, requireCovered, requireUnlimited, requireWritable } from "./token-limits.ts";

/**
 * What a request wants to do.
 * `public`: nothing is asked of the caller, and the answer holds only what the caller may see. `identify`: be somebody, know who
 * one is, log out. `account`: see one's own account. `manage`: change it, and its tokens. `operate`: run the registry.
 * To a skill, by its full name: `read`, `star`, `publish` (a version, and the tag that it comes with), `maintain` (what is published:
 * tags, deprecations, unpublishing; who may publish may do it, but for runs of CI), `administer` (owners, visibility, trust).
 * To a namespace: `belong` (see its people), `govern` (roles, teams, settings, trust).
 */
export type Permission =
  | { action: "public" | "identify" | "account" | "manage" | "operate" }
  | { action: "read" | "star" | "publish" | "maintain" | "administer"; package: string }
  | { action: "belong" | "govern"; namespace: string };

/** What the one authorisation function asks. */
export type AuthorizeParts = Pick<Parts, "metadata" | "groupRoles">;

/**
 * The one authorisation function: every route asks it before it does anything.
 * Throws ENOTFOUND for a skill that the caller may not read, exactly as for one that is not there; ESKILLMOVED for its old name;
 * ENEEDAUTH (401) for anonymous callers; EFORBIDDEN (403) for tokens that may not; ESKILLSCOPE (403) for foreign namespaces;
 * EMIRROR (403) for namespaces that are copies of another registry's.
 * Gives back the skill that may be read, as it was found: to ask for it again would be half of all that a hot read asks.
 */
export async function authorize(
  parts: AuthorizeParts,
  caller: Caller,
  permission: Permission,
): Promise<Package | undefined> {
  if (permission.action === "read") return await requireReadable(parts, caller, permission.package);
  await requireAllowed(parts, caller, permission);
  return undefined;
}

async function requireAllowed(parts: AuthorizeParts, caller: Caller, permission: Permission): Promise<void> {
  switch (permission.action) {
    case "public":
      return;
    case "identify":
      return void requireAccount(caller);
    case "account":
      requireAccount(caller);
      return requireUnlimited(caller);
    case "manage":
      requireAccount(caller);
      requireWritable(caller);
      return requireUnlimited(caller);
    case "operate":
      return requireOperator(caller);
    case "star":
      requireAccount(caller);
      requireWritable(caller);
      return void (await requireReadable(parts, caller, permission.package));
    case "read":
      return void (await requireReadable(parts, caller, permission.package));
    case "publish":
    case "maintain":
    case "administer":
      return await requireRight(parts, caller, { action: permission.action, name: permission.package });
    case "belong":
      requireUnlimited(caller);
      return await requireRole(parts, caller, { namespace: permission.namespace, least: "member" });
    case "govern":
      requireWritable(caller);
      requireUnlimited(caller);
      requireAccount(caller);
      await refuseMirrored(parts, permission.namespace);
      return await requireRole(parts, caller, { namespace: permission.namespace, least: "owner" });
  }
}

function requireOperator(caller: Caller): void {
  requireAccount(caller);
  requireUnlimited(caller);
  if (caller.operator) return;
  throw new SkillsError("EFORBIDDEN", "this is for the operators of the registry", {
    hint: "Operators are named in the configuration, under skills.operators, or made with skills-registry admin operator add.",
  });
}

/** What is missing and what may not be read are told apart by nothing: neither by the answer nor by the work done for it. */
async function requireReadable(parts: AuthorizeParts, caller: Caller, name: string): Promise<Package> {
  const found = await parts.metadata.package(name);
  if (found?.visibility === "public") return found;
  const mayRead = await mayReadRestricted(parts, caller, name);
  if (found !== undefined && mayRead) return found;
  const movedTo = await parts.metadata.movedPackage(name);
  if (movedTo !== undefined && (await isReadable(parts, caller, movedTo))) {
    throw new SkillsError("ESKILLMOVED", `${name} is called ${movedTo} now`, { movedTo });
  }
  throw new SkillsError("ENOTFOUND", `there is no skill ${name}`);
}

/** Whether the skill is there for the caller. */
export async function isReadable(parts: AuthorizeParts, caller: Caller, name: string): Promise<boolean> {
  const found = await parts.metadata.package(name);
  return (
    found !== undefined && (found.visibility === "public" || (await mayReadRestricted(parts, caller, name)))
  );
}

async function mayReadRestricted(parts: AuthorizeParts, caller: Caller, name: string): Promise<boolean> {
  if (caller.token === null || !covers(caller.token, name)) return false;
  if (caller.account === null) return caller.token.kind === "publish";
  const question = { accountId: caller.account.id, namespace: namespaceOf(name), package: name };
  return includes(await rightOf(parts, question, "read"), "read");
}

async function requireRight(
  parts: AuthorizeParts,
  caller: Caller,
  { action, name }: { action: "publish" | "maintain" | "administer"; name: string },
): Promise<void> {
  if (caller.token === null) throw new SkillsError("ENEEDAUTH", "this needs a login");
  requireWritable(caller);
  requireCovered(caller.token, name);
  await refuseMirrored(parts, namespaceOf(name));
  // Given for this skill by a trust that is still there: the token would have ended with it.
  if (caller.token.kind === "publish" && action === "publish") return;
  const right = action === "administer" ? action : "publish";
  if (right === "administer") requireUnlimited(caller);
  const account = requireAccount(caller);
  const namespace = namespaceOf(name);
  const question = { accountId: account.id, namespace, package: name };
  if (includes(await rightOf(parts, question, right), right)) return;
  throw await refusal(parts, caller, namespace);
}

async function requireRole(
  parts: AuthorizeParts,
  caller: Caller,
  { namespace, least }: { namespace: string; least: "owner" | "member" },
): Promise<void> {
  const account = requireAccount(caller);
  const question = { accountId: account.id, namespace, package: null };
  const wanted: Right = least === "owner" ? "administer" : "read";
  if (includes(await rightOf(parts, question, wanted), wanted)) return;
  throw await refusal(parts, caller, namespace);
}

/** Nobody changes a copy: the next look at where it comes from would take the change back. */
async function refuseMirrored({ metadata }: AuthorizeParts, namespace: string): Promise<void> {
  const mirror = await metadata.mirror(namespace);
  if (mirror === undefined) return;
  const { url } = mirror;
  throw new SkillsError("EMIRROR", `@${namespace} is copied from ${url}, and is changed there alone`, {
    hint: url.startsWith("http")
      ? `Publish there: npm publish --registry=${url}/`
      : "Publish to the registry that it was exported from.",
  });
}

/** The account's right, after asking its providers for its groups again where that could raise it. */
async function rightOf(parts: AuthorizeParts, question: AccessQuestion, wanted: Right): Promise<Right> {
  const { metadata, groupRoles } = parts;
  const countsFrom = groupRoles.countsFrom(wanted === "read" ? "reading" : "writing");
  const right = rightIn(await metadata.accessFacts(question), countsFrom);
  if (includes(right, wanted)) return right;
  const asked = await groupRoles.refresh(question.accountId, wanted === "read" ? "reading" : "writing");
  return asked ? rightIn(await metadata.accessFacts(question), countsFrom) : right;
}

/**
 * Whether the caller owns the namespace, or the skill of it, for pages to show the way to its settings. Counts groups as they were
 * told last and asks no provider again: when somebody goes there, the authorisation decides.
 */
export async function mayAdminister(
  { metadata, groupRoles }: AuthorizeParts,
  { account, token }: Caller,
  asked: Omit<AccessQuestion, "accountId">,
): Promise<boolean> {
  if (account === null || token === null || token.readonly || token.packages.length > 0) return false;
  const facts = await metadata.accessFacts({ accountId: account.id, ...asked });
  return includes(rightIn(facts, groupRoles.countsFrom("reading")), "administer");
}

/** Roles by groups that were told before `countsFrom` (ISO) count no more. */
function rightIn(facts: AccessFacts, countsFrom: string): Right {
  const byGroups = facts.groupRoles.filter(({ groupsAt }) => groupsAt >= countsFrom);
  const roles: Role[] = byGroups.map(({ role }) => role);
  if (facts.role !== null) roles.push(facts.role);
  const visibility = facts.package?.visibility ?? null;
  return rightTo({ visibility, roles, owner: facts.owner, team: facts.team });
}

/** Says the same of skills that are there and of those that are not. */
async function refusal(parts: AuthorizeParts, caller: Caller, namespace: string): Promise<SkillsError> {
  const { name } = requireAccount(caller);
  const found = await parts.metadata.namespace(namespace);
  if (found === undefined) {
    return new SkillsError("ESKILLSCOPE", `there is no namespace @${namespace}, and you are "${name}"`, {
      hint: `Use @${name}/…, or create it: skills namespace create ${namespace}`,
    });
  }
  if (found.movedTo !== null) {
    return new SkillsError("ESKILLMOVED", `the namespace @${namespace} is called @${found.movedTo} now`);
  }
  return new SkillsError(
    "ESKILLSCOPE",
    `the namespace @${namespace} belongs to others, and you are "${name}"`,
    {
      hint: `Use @${name}/…, or ask an owner of @${namespace} for a role.`,
    },
  );
}

/** `acme` of `@acme/legal-documents`. */
function namespaceOf(name: string): string {
  return name.slice(1, name.indexOf("/"));
}

import { SkillsError } from "@skills-registry/schema";
import {
  collaboratorsOf,
  packagesOfAccount,
  packagesOfNamespace,
  type Permissions,
} from "../../registry/access-lists.ts";
import { requireAccount } from "../../registry/caller.ts";
import { resolveVersion } from "../../registry/resolve-version.ts";
import type { TeamName } from "../../registry/namespaces/teams.ts";
import { grantToTeam, packagesOfTeam } from "../../registry/team-access.ts";
import { setVisibility } from "../../registry/visibility.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest, Request } from "../request.ts";
import type { Services } from "../services.ts";
import { accessBody, parseBody, teamPackageBody } from "./documents.ts";
import { orgIn } from "./organization.ts";

/**
 * `npm access get status`. A run of CI is refused: after the token exchange npm asks here, and where a repository is public and the
 * answer says the same of the package, it makes a provenance statement at a public service, which this registry does not take.
 */
export async function getVisibility({ parts }: Services, { caller, name }: PackageRequest): Promise<Answer> {
  if (caller.token !== null) requireAccount(caller);
  const { package: found } = await resolveVersion(parts.metadata, { name });
  return json(200, { public: found.visibility === "public" });
}

/** `npm access set status=` and `set mfa=`. */
export async function setAccess(
  { parts }: Services,
  { caller, name, body }: PackageRequest,
): Promise<Answer> {
  const { access, publish_requires_tfa: secondFactor } = parseBody(accessBody, body);
  if (secondFactor !== undefined) {
    throw new SkillsError(
      "EBADREQUEST",
      "this registry asks for no second factor when a skill is published",
      {
        hint: "Publish from CI by trusted publishing, or with a token that is limited to the skill.",
      },
    );
  }
  if (access === undefined)
    throw new SkillsError("EBADBODY", 'the request body is wrong: "access" is missing');
  await setVisibility(parts, caller, { name, visibility: access });
  return json(200, {});
}

/** `npm access list collaborators`. */
export async function listCollaborators({ parts }: Services, { name }: PackageRequest): Promise<Answer> {
  return permissions(await collaboratorsOf(parts, name));
}

/** `npm access list packages acme`; of accounts npm asks at another address, after the 404 of this one. */
export async function listOrgPackages({ parts }: Services, request: Request): Promise<Answer> {
  const name = orgIn(request);
  const namespace = await parts.metadata.namespace(name);
  if (namespace?.kind !== "org" || namespace.movedTo !== null) {
    throw new SkillsError("ENOTFOUND", `there is no org @${name.slice(0, 60)}`);
  }
  return permissions(await packagesOfNamespace(parts, request.caller, name));
}

/** `npm access list packages jane`. */
export async function listUserPackages({ parts }: Services, { caller, params }: Request): Promise<Answer> {
  const name = (params["user"] ?? "").replace(/^@/, "");
  const account = await parts.metadata.account(name);
  if (account === undefined) throw new SkillsError("ENOTFOUND", `there is no account ${name.slice(0, 60)}`);
  return permissions(await packagesOfAccount(parts, caller, account));
}

/** `npm access list packages acme:legal`. */
export async function listTeamPackages({ parts }: Services, request: Request): Promise<Answer> {
  return permissions(await packagesOfTeam(parts, teamIn(request)));
}

/** `npm access grant`. */
export async function grantAccess({ parts }: Services, request: Request): Promise<Answer> {
  const { package: name, permissions: permission } = parseBody(teamPackageBody, request.body);
  if (permission === undefined) {
    throw new SkillsError("EBADBODY", 'the request body is wrong: "permissions" is missing');
  }
  await grantToTeam(parts, request.caller, { team: teamIn(request), package: name, permission });
  return json(200, {});
}

/** `npm access revoke`. */
export async function revokeAccess({ parts }: Services, request: Request): Promise<Answer> {
  const { package: name } = parseBody(teamPackageBody, request.body);
  await grantToTeam(parts, request.caller, { team: teamIn(request), package: name, permission: null });
  return json(200, {});
}

const USER_PREFIX = "org.couchdb.user:";

/** `npm owner add` and `rm` look the account up first. Its address stays private; npm needs the field to be there. */
export async function getUser({ parts }: Services, { params }: Request): Promise<Answer> {
  const text = params["name"] ?? "";
  const name = text.startsWith(USER_PREFIX) ? text.slice(USER_PREFIX.length) : "";
  const account = name === "" ? undefined : await parts.metadata.account(name);
  if (account === undefined) {
    throw new SkillsError("ENOTFOUND", `there is no account ${JSON.stringify(name.slice(0, 60))}`);
  }
  return json(200, { name: account.name, email: "" });
}

function teamIn(request: Request): TeamName {
  return { namespace: orgIn(request), team: request.params["team"] ?? "" };
}

/** npm's words for them. */
const WORDS = { "read-only": "read", "read-write": "write" } as const;

function permissions(found: Permissions): Answer {
  const entries = [...found].map(([name, permission]) => [name, WORDS[permission]] as const);
  return json(200, Object.fromEntries(entries));
}

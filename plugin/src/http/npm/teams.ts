import { z } from "zod";
import {
  createTeam,
  destroyTeam,
  listTeamMembers,
  setTeamMember,
  type TeamName,
} from "../../registry/namespaces/teams.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { parseBody } from "./documents.ts";
import { orgIn, userBody } from "./organization.ts";

/** `npm team`: groups of accounts that skills are granted to (`npm access grant`). */

/** npm sends its own `description` setting along, which is about searches. */
const teamBody = z.object({ name: z.string().min(1).max(128) });

function teamIn(request: Request): TeamName {
  return { namespace: orgIn(request), team: request.params["team"] ?? "" };
}

/** `GET /-/org/:org/team`: `acme:legal` */
export async function listTeams({ parts }: Services, request: Request): Promise<Answer> {
  const namespace = orgIn(request);
  const teams = await parts.metadata.teams(namespace);
  return json(
    200,
    teams.map((team) => `${namespace}:${team}`),
  );
}

/** `PUT /-/org/:org/team` */
export async function putTeam({ parts }: Services, request: Request): Promise<Answer> {
  const { name } = parseBody(teamBody, request.body);
  await createTeam(parts, request.caller, { namespace: orgIn(request), team: name });
  return json(201, { name });
}

/** `DELETE /-/team/:org/:team` */
export async function deleteTeam({ parts }: Services, request: Request): Promise<Answer> {
  await destroyTeam(parts, request.caller, teamIn(request));
  return json(200, { ok: true });
}

/** `GET /-/team/:org/:team/user` */
export async function listTeamUsers({ parts }: Services, request: Request): Promise<Answer> {
  return json(200, await listTeamMembers(parts.metadata, teamIn(request)));
}

/** `PUT /-/team/:org/:team/user` */
export async function putTeamUser(services: Services, request: Request): Promise<Answer> {
  return await changeTeamUser(services, request, true);
}

/** `DELETE /-/team/:org/:team/user` */
export async function deleteTeamUser(services: Services, request: Request): Promise<Answer> {
  return await changeTeamUser(services, request, false);
}

async function changeTeamUser({ parts }: Services, request: Request, isMember: boolean): Promise<Answer> {
  const { user } = parseBody(userBody, request.body);
  await setTeamMember(parts, request.caller, { team: teamIn(request), account: user, isMember });
  return json(isMember ? 201 : 200, { ok: true });
}

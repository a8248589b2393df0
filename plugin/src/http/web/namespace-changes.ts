import { z } from "zod";
import { removeGroupRole, setGroupRole } from "../../registry/namespaces/group-roles.ts";
import { removeMember, setMember } from "../../registry/namespaces/members.ts";
import { setDefaultVisibility } from "../../registry/namespaces/settings.ts";
import { createTeam, destroyTeam, setTeamMember } from "../../registry/namespaces/teams.ts";
import { grantToTeam } from "../../registry/team-access.ts";
import { removeTrust } from "../../registry/trust/trusts.ts";
import { ROLES, TEAM_PERMISSIONS, VISIBILITIES } from "../../store/identity.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";

/** Of names of people, teams, groups and skills; what is no name of one, the domain refuses. */
const name = z.string().trim().max(256);
/** People write names of accounts as npm writes scopes, too. */
const account = name.transform((text) => text.replace(/^@/, ""));
const role = z.enum(ROLES);

/** The forms of a namespace's settings, by `act`; the word before its hyphen names the section. */
export const namespaceForm = z.discriminatedUnion("act", [
  z.object({ act: z.literal("visibility"), visibility: z.enum(["", ...VISIBILITIES]) }),
  z.object({ act: z.literal("people-add"), account, role }),
  z.object({ act: z.literal("people-change"), account, role }),
  z.object({ act: z.literal("people-remove"), account }),
  z.object({ act: z.literal("groups-add"), provider: name, group: name, role }),
  z.object({ act: z.literal("groups-remove"), provider: name, group: name }),
  z.object({ act: z.literal("teams-create"), team: name }),
  z.object({ act: z.literal("teams-destroy"), team: name }),
  z.object({ act: z.literal("teams-add"), team: name, account }),
  z.object({ act: z.literal("teams-remove"), team: name, account }),
  z.object({
    act: z.literal("teams-grant"),
    team: name,
    package: name,
    permission: z.enum(TEAM_PERMISSIONS),
  }),
  z.object({ act: z.literal("teams-revoke"), team: name, package: name }),
  z.object({ act: z.literal("trust-remove"), id: name }),
]);
export type NamespaceForm = z.infer<typeof namespaceForm>;

/** Does what a form asks for. Throws what the domain throws. */
export async function changeNamespaceAs(
  { parts }: Services,
  { caller }: Request,
  { namespace, form }: { namespace: string; form: NamespaceForm },
): Promise<void> {
  switch (form.act) {
    case "visibility": {
      const visibility = form.visibility === "" ? null : form.visibility;
      return await setDefaultVisibility(parts, caller, { namespace, visibility });
    }
    case "people-add":
    case "people-change":
      return void (await setMember(parts, caller, { namespace, account: form.account, role: form.role }));
    case "people-remove":
      return await removeMember(parts, caller, { namespace, account: form.account });
    case "groups-add": {
      const { provider, group } = form;
      return await setGroupRole(parts, caller, { namespace, provider, group, role: form.role });
    }
    case "groups-remove": {
      const { provider, group } = form;
      return await removeGroupRole(parts, caller, { namespace, provider, group });
    }
    case "trust-remove":
      return await removeTrust(parts, caller, { subject: `@${namespace}`, id: form.id });
    default:
      return await changeTeam({ parts, caller }, { namespace, form });
  }
}

type TeamForm = Extract<NamespaceForm, { act: `teams-${string}` }>;

async function changeTeam(
  { parts, caller }: Pick<Services, "parts"> & Pick<Request, "caller">,
  { namespace, form }: { namespace: string; form: TeamForm },
): Promise<void> {
  const team = { namespace, team: form.team };
  switch (form.act) {
    case "teams-create":
      return await createTeam(parts, caller, team);
    case "teams-destroy":
      return await destroyTeam(parts, caller, team);
    case "teams-add":
      return await setTeamMember(parts, caller, { team, account: form.account, isMember: true });
    case "teams-remove":
      return await setTeamMember(parts, caller, { team, account: form.account, isMember: false });
    case "teams-grant":
      return await grantToTeam(parts, caller, { team, package: form.package, permission: form.permission });
    case "teams-revoke":
      return await grantToTeam(parts, caller, { team, package: form.package, permission: null });
  }
}

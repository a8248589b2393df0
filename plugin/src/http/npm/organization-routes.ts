import type { Permission } from "../../registry/authorize.ts";
import type { Request } from "../request.ts";
import type { Route } from "../route.ts";
import { accessRoutes } from "./access-routes.ts";
import { deleteMember, listMembers, orgIn, putMember } from "./organization.ts";
import { deleteTeam, deleteTeamUser, listTeams, listTeamUsers, putTeam, putTeamUser } from "./teams.ts";

const belong = (request: Request): Permission => ({ action: "belong", namespace: orgIn(request) });
const govern = (request: Request): Permission => ({ action: "govern", namespace: orgIn(request) });

const members: Route[] = [
  {
    door: "npm",
    method: "GET",
    path: "/-/org/:org/user",
    summary: "`npm org ls`.",
    needs: belong,
    handle: listMembers,
  },
  {
    door: "npm",
    method: "PUT",
    path: "/-/org/:org/user",
    summary: "`npm org set`: npm's `admin` is a maintainer, its `developer` a member.",
    needs: govern,
    handle: putMember,
  },
  {
    door: "npm",
    method: "DELETE",
    path: "/-/org/:org/user",
    summary: "`npm org rm`.",
    needs: govern,
    handle: deleteMember,
  },
];

const teams: Route[] = [
  {
    door: "npm",
    method: "GET",
    path: "/-/org/:org/team",
    summary: "`npm team ls` of an org.",
    needs: belong,
    handle: listTeams,
  },
  {
    door: "npm",
    method: "PUT",
    path: "/-/org/:org/team",
    summary: "`npm team create`.",
    needs: govern,
    handle: putTeam,
  },
  {
    door: "npm",
    method: "DELETE",
    path: "/-/team/:org/:team",
    summary: "`npm team destroy`.",
    needs: govern,
    handle: deleteTeam,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/team/:org/:team/user",
    summary: "`npm team ls` of a team.",
    needs: belong,
    handle: listTeamUsers,
  },
  {
    door: "npm",
    method: "PUT",
    path: "/-/team/:org/:team/user",
    summary: "`npm team add`.",
    needs: govern,
    handle: putTeamUser,
  },
  {
    door: "npm",
    method: "DELETE",
    path: "/-/team/:org/:team/user",
    summary: "`npm team rm`.",
    needs: govern,
    handle: deleteTeamUser,
  },
];

/** `npm org`, `npm team`, `npm access`: namespaces and their people. */
export const organizationRoutes: Route[] = [...members, ...teams, ...accessRoutes];

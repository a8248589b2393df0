import type { Permission } from "../../registry/authorize.ts";
import type { PackageRequest, Request } from "../request.ts";
import { packageRoute, type Route } from "../route.ts";
import {
  getUser,
  getVisibility,
  grantAccess,
  listCollaborators,
  listOrgPackages,
  listTeamPackages,
  listUserPackages,
  revokeAccess,
  setAccess,
} from "./access.ts";
import { orgIn } from "./organization.ts";

const anyone = (): Permission => ({ action: "public" });
const identify = (): Permission => ({ action: "identify" });
const read = ({ name }: PackageRequest): Permission => ({ action: "read", package: name.full });
const administer = ({ name }: PackageRequest): Permission => ({ action: "administer", package: name.full });
const colleagues = ({ name }: PackageRequest): Permission => ({
  action: "belong",
  namespace: name.namespace,
});
const belong = (request: Request): Permission => ({ action: "belong", namespace: orgIn(request) });
const govern = (request: Request): Permission => ({ action: "govern", namespace: orgIn(request) });

/** `npm access`, and what `npm owner` looks up: who may do what with skills. */
export const accessRoutes: Route[] = [
  {
    door: "npm",
    method: "GET",
    path: "/-/user/:name",
    summary: "`npm owner`: whether there is an account of that name.",
    needs: identify,
    handle: getUser,
  },
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/-/package/:package/visibility",
    summary: "`npm access get status`.",
    needs: read,
    handle: getVisibility,
  }),
  packageRoute({
    door: "npm",
    method: "POST",
    path: "/-/package/:package/access",
    summary: "`npm access set status=public`, `status=private`.",
    needs: administer,
    handle: setAccess,
  }),
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/-/package/:package/collaborators",
    summary: "`npm access list collaborators`, for the people of the namespace.",
    needs: colleagues,
    handle: listCollaborators,
  }),
  {
    door: "npm",
    method: "GET",
    path: "/-/org/:org/package",
    summary: "`npm access list packages acme`: those that the caller may see.",
    needs: anyone,
    handle: listOrgPackages,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/user/:user/package",
    summary: "`npm access list packages jane`: those that the caller may see.",
    needs: anyone,
    handle: listUserPackages,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/team/:org/:team/package",
    summary: "`npm access list packages acme:legal`.",
    needs: belong,
    handle: listTeamPackages,
  },
  {
    door: "npm",
    method: "PUT",
    path: "/-/team/:org/:team/package",
    summary: "`npm access grant`.",
    needs: govern,
    handle: grantAccess,
  },
  {
    door: "npm",
    method: "DELETE",
    path: "/-/team/:org/:team/package",
    summary: "`npm access revoke`.",
    needs: govern,
    handle: revokeAccess,
  },
];

import type { Permission } from "../../registry/authorize.ts";
import type { PackageRequest, Request } from "../request.ts";
import { packageRoute, type Route } from "../route.ts";
import { changeNamespace, namespaceIn, namespaceSettings } from "./namespace-settings.ts";
import { sendNewNamespace, showNewNamespace } from "./new-namespace.ts";
import { changeSkill, skillSettings } from "./skill-settings.ts";

const govern = (request: Request): Permission => ({ action: "govern", namespace: namespaceIn(request) });
const administer = ({ name }: PackageRequest): Permission => ({ action: "administer", package: name.full });

/**
 * What owners do with a namespace and its skills. Forms are sent to the address of their page, so that a login which was due leads
 * back to it.
 */
export const namespaceRoutes: Route[] = [
  {
    door: "web",
    method: "GET",
    path: "/namespaces/new",
    summary: "The form for a new org.",
    needs: () => ({ action: "account" }),
    handle: showNewNamespace,
  },
  {
    door: "web",
    method: "POST",
    path: "/namespaces/new",
    summary: "Form: makes an org.",
    needs: () => ({ action: "manage" }),
    handle: sendNewNamespace,
  },
  {
    door: "web",
    method: "GET",
    path: "/namespaces/:namespace/settings",
    summary: "People, groups, teams, default visibility and trusted publishers of a namespace.",
    needs: govern,
    handle: namespaceSettings,
  },
  {
    door: "web",
    method: "POST",
    path: "/namespaces/:namespace/settings",
    summary: "Form: changes one of them, which `act` names.",
    needs: govern,
    handle: changeNamespace,
  },
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/settings",
    summary: "Visibility, owners and trusted publishers of a skill.",
    needs: administer,
    handle: skillSettings,
  }),
  packageRoute({
    door: "web",
    method: "POST",
    path: "/skills/:namespace/:skill/settings",
    summary: "Form: changes one of them, which `act` names.",
    needs: administer,
    handle: changeSkill,
  }),
];

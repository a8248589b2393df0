import type { Permission } from "../../registry/authorize.ts";
import type { PackageRequest } from "../request.ts";
import { packageRoute, type Route } from "../route.ts";
import { accountRoutes } from "./account-routes.ts";
import { getAsset } from "./assets.ts";
import { filesRoutes } from "./files-routes.ts";
import { home } from "./home.ts";
import { identityRoutes } from "./identity-routes.ts";
import { namespaceRoutes } from "./namespace-routes.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { backToSkill, likeSkill } from "./like.ts";
import { namespacePage } from "./namespace-page.ts";
import { searchPage } from "./search-page.ts";
import { skillPage } from "./skill-page.ts";

const anybody = (): Permission => ({ action: "public" });
const readers = ({ name }: PackageRequest): Permission => ({ action: "read", package: name.full });

/** The pages. */
export const webRoutes: Route[] = [
  {
    door: "web",
    method: "GET",
    path: "/",
    summary: "Home: search, newest, most used, namespaces; a greeting for those who ask for no page.",
    needs: anybody,
    handle: home,
  },
  {
    door: "web",
    method: "GET",
    path: "/assets/:file",
    ignoresToken: true,
    summary: "Style sheet, scripts and icon of the pages; their addresses change with their content.",
    needs: anybody,
    handle: getAsset,
  },
  {
    door: "web",
    method: "GET",
    path: "/search",
    summary: "Results with filters; `part=results` for the results alone, as while typing.",
    needs: anybody,
    handle: searchPage,
  },
  {
    door: "web",
    method: "GET",
    path: "/skills/:namespace",
    summary: "A namespace: its members and skills.",
    needs: anybody,
    handle: namespacePage,
  },
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill",
    summary: "A skill, as its `latest` version has it.",
    needs: readers,
    handle: skillPage,
  }),
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/v/:version",
    summary: "One version of a skill, by number, tag or range.",
    needs: readers,
    handle: skillPage,
  }),
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/like",
    summary: "Leads to the skill: where somebody comes back to who had to log in to like it.",
    needs: readers,
    handle: backToSkill,
  }),
  packageRoute({
    door: "web",
    method: "POST",
    path: "/skills/:namespace/:skill/like",
    summary: "Form: likes the skill (`liked=yes`), or takes it back (`liked=no`).",
    needs: ({ name }) => ({ action: "star", package: name.full }),
    handle: likeSkill,
  }),
  ...filesRoutes,
  ...accountRoutes,
  ...identityRoutes,
  ...namespaceRoutes,
  ...operatorRoutes,
];

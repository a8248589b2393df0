import type { Permission } from "../../registry/authorize.ts";
import { login, logout, profile, setProfile, whoami } from "./account.ts";
import {
  downloadsOfAll,
  downloadsOfAllByDay,
  downloadsOfPackage,
  downloadsOfPackageByDay,
} from "./downloads.ts";
import { loginRoutes } from "./login-routes.ts";
import { keys, ping, starredByUser } from "./meta.ts";
import { organizationRoutes } from "./organization-routes.ts";
import { getPackument, getVersion } from "./read-package.ts";
import { removePackage, removeTarball } from "./remove-package.ts";
import { search } from "./search.ts";
import { addToken, listTokens, removeToken } from "./tokens.ts";
import { trustRoutes } from "./trust-routes.ts";
import { deleteTag, listTags, putTag } from "./tags.ts";
import { rewritePackage, type WriteKind, writeKind, writePackage } from "./write-package.ts";
import { getTarball } from "./tarball.ts";
import type { PackageRequest } from "../request.ts";
import { loginPath, packageRoute, type Route } from "../route.ts";

const anyone = (): Permission => ({ action: "public" });
const identify = (): Permission => ({ action: "identify" });
const account = (): Permission => ({ action: "account" });
const manage = (): Permission => ({ action: "manage" });
const read = ({ name }: PackageRequest): Permission => ({ action: "read", package: name.full });
const publish = ({ name }: PackageRequest): Permission => ({ action: "publish", package: name.full });
const maintain = ({ name }: PackageRequest): Permission => ({ action: "maintain", package: name.full });
const star = ({ name }: PackageRequest): Permission => ({ action: "star", package: name.full });
const administer = ({ name }: PackageRequest): Permission => ({ action: "administer", package: name.full });

const NEEDS: Record<WriteKind, (request: PackageRequest) => Permission> = {
  publish,
  change: maintain,
  star,
  owners: administer,
  unknown: publish,
};
const write = (request: PackageRequest): Permission => NEEDS[writeKind(request.body)](request);

/** npm's registry protocol. */
export const npmRoutes: Route[] = [
  { door: "npm", method: "GET", path: "/-/ping", summary: "`npm ping`.", needs: anyone, handle: ping },
  {
    door: "npm",
    method: "GET",
    path: "/-/npm/v1/keys",
    summary: "The key that versions are signed with.",
    needs: anyone,
    handle: keys,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/v1/search",
    counted: true,
    summary: "`npm search`: `text`, `size`, `from`.",
    needs: anyone,
    handle: search,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/_view/starredByUser",
    summary: "`npm stars`.",
    needs: anyone,
    handle: starredByUser,
  },
  {
    door: "npm",
    method: "GET",
    path: "/downloads/point/:period",
    summary: "Downloads of all skills together: `last-week`, `2026-03-01`, `2026-03-01:2026-03-31`.",
    needs: anyone,
    handle: downloadsOfAll,
  },
  {
    door: "npm",
    method: "GET",
    path: "/downloads/range/:period",
    summary: "The same for every day.",
    needs: anyone,
    handle: downloadsOfAllByDay,
  },
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/downloads/point/:period/:package",
    summary: "Downloads of one skill.",
    needs: read,
    handle: downloadsOfPackage,
  }),
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/downloads/range/:period/:package",
    summary: "The same for every day.",
    needs: read,
    handle: downloadsOfPackageByDay,
  }),
  {
    door: "npm",
    method: "PUT",
    path: loginPath,
    ignoresToken: true,
    summary: "`npm login`, `npm adduser`, by name and password.",
    needs: anyone,
    handle: login,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/whoami",
    summary: "`npm whoami`.",
    needs: identify,
    handle: whoami,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/npm/v1/user",
    summary: "`npm profile get`.",
    needs: account,
    handle: profile,
  },
  {
    door: "npm",
    method: "POST",
    path: "/-/npm/v1/user",
    summary: "`npm profile set password`, `npm profile set email`.",
    needs: manage,
    handle: setProfile,
  },
  {
    door: "npm",
    method: "DELETE",
    path: "/-/user/token/:token",
    summary: "`npm logout`.",
    needs: identify,
    handle: logout,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/npm/v1/tokens",
    summary: "`npm token list`.",
    needs: account,
    handle: listTokens,
  },
  {
    door: "npm",
    method: "POST",
    path: "/-/npm/v1/tokens",
    summary: "`npm token create`.",
    needs: manage,
    handle: addToken,
  },
  {
    door: "npm",
    method: "DELETE",
    path: "/-/npm/v1/tokens/token/:key",
    summary: "`npm token revoke`.",
    needs: manage,
    handle: removeToken,
  },
  ...loginRoutes,
  ...organizationRoutes,
  ...trustRoutes,
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/-/package/:package/dist-tags",
    summary: "`npm dist-tag ls`.",
    needs: read,
    handle: listTags,
  }),
  packageRoute({
    door: "npm",
    method: "PUT",
    path: "/-/package/:package/dist-tags/:tag",
    summary: "`npm dist-tag add`.",
    needs: maintain,
    handle: putTag,
  }),
  packageRoute({
    door: "npm",
    method: "POST",
    path: "/-/package/:package/dist-tags/:tag",
    summary: "`npm dist-tag add` of older clients.",
    needs: maintain,
    handle: putTag,
  }),
  packageRoute({
    door: "npm",
    method: "DELETE",
    path: "/-/package/:package/dist-tags/:tag",
    summary: "`npm dist-tag rm`.",
    needs: maintain,
    handle: deleteTag,
  }),
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/:package",
    summary: "The packument, full or abbreviated.",
    needs: read,
    handle: getPackument,
  }),
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/:package/:version",
    summary: "One version, by number or tag.",
    needs: read,
    handle: getVersion,
  }),
  packageRoute({
    door: "npm",
    method: "GET",
    path: "/:package/-/:file",
    summary: "The tarball.",
    needs: read,
    handle: getTarball,
  }),
  packageRoute({
    door: "npm",
    method: "PUT",
    path: "/:package",
    summary: "`npm publish`, `npm deprecate`, `npm star`.",
    needs: write,
    handle: writePackage,
  }),
  packageRoute({
    door: "npm",
    method: "PUT",
    path: "/:package/-rev/:rev",
    summary: "`npm unpublish` of one version, first step; `npm owner add` and `rm`.",
    needs: write,
    handle: rewritePackage,
  }),
  packageRoute({
    door: "npm",
    method: "DELETE",
    path: "/:package/-/:file/-rev/:rev",
    summary: "`npm unpublish` of one version, last step.",
    needs: maintain,
    handle: removeTarball,
  }),
  packageRoute({
    door: "npm",
    method: "DELETE",
    path: "/:package/-rev/:rev",
    summary: "`npm unpublish` of a package.",
    needs: maintain,
    handle: removePackage,
  }),
];

import type { Permission } from "../registry/authorize.ts";
import { addToken, listTokens, login, logout, profile, removeToken, whoami } from "./npm/account.ts";
import { keys, ping, starredByUser, welcome } from "./npm/meta.ts";
import { getPackument, getTarball, getVersion } from "./npm/read-package.ts";
import { removePackage, removeTarball } from "./npm/remove-package.ts";
import { search } from "./npm/search.ts";
import { deleteTag, listTags, putTag } from "./npm/tags.ts";
import { rewritePackage, writeKind, writePackage } from "./npm/write-package.ts";
import type { PackageRequest } from "./request.ts";
import { loginPath, packageRoute, type Route } from "./route.ts";

const anyone = (): Permission => ({ action: "public" });
const account = (): Permission => ({ action: "account" });
const manage = (): Permission => ({ action: "manage" });
const read = (): Permission => ({ action: "read" });
const publish = (request: PackageRequest): Permission => ({
  action: "publish",
  namespace: request.name.namespace,
});
const write = (request: PackageRequest): Permission =>
  writeKind(request.body) === "star" ? { action: "star" } : publish(request);

/** Every address the registry answers. What is not here does not exist, whatever the host would do with it. */
export const routes: Route[] = [
  { method: "GET", path: "/", summary: "Says what this is.", needs: anyone, handle: welcome },
  { method: "GET", path: "/-/ping", summary: "`npm ping`.", needs: anyone, handle: ping },
  {
    method: "GET",
    path: "/-/npm/v1/keys",
    summary: "The key that versions are signed with.",
    needs: anyone,
    handle: keys,
  },
  {
    method: "GET",
    path: "/-/v1/search",
    summary: "`npm search`: `text`, `size`, `from`.",
    needs: anyone,
    handle: search,
  },
  {
    method: "GET",
    path: "/-/_view/starredByUser",
    summary: "`npm stars`.",
    needs: anyone,
    handle: starredByUser,
  },
  { method: "PUT", path: loginPath, summary: "`npm login`, `npm adduser`.", needs: anyone, handle: login },
  { method: "GET", path: "/-/whoami", summary: "`npm whoami`.", needs: account, handle: whoami },
  { method: "GET", path: "/-/npm/v1/user", summary: "`npm profile get`.", needs: account, handle: profile },
  {
    method: "DELETE",
    path: "/-/user/token/:token",
    summary: "`npm logout`.",
    needs: account,
    handle: logout,
  },
  {
    method: "GET",
    path: "/-/npm/v1/tokens",
    summary: "`npm token list`.",
    needs: account,
    handle: listTokens,
  },
  {
    method: "POST",
    path: "/-/npm/v1/tokens",
    summary: "`npm token create`.",
    needs: manage,
    handle: addToken,
  },
  {
    method: "DELETE",
    path: "/-/npm/v1/tokens/token/:key",
    summary: "`npm token revoke`.",
    needs: manage,
    handle: removeToken,
  },
  packageRoute({
    method: "GET",
    path: "/-/package/:package/dist-tags",
    summary: "`npm dist-tag ls`.",
    needs: read,
    handle: listTags,
  }),
  packageRoute({
    method: "PUT",
    path: "/-/package/:package/dist-tags/:tag",
    summary: "`npm dist-tag add`.",
    needs: publish,
    handle: putTag,
  }),
  packageRoute({
    method: "POST",
    path: "/-/package/:package/dist-tags/:tag",
    summary: "`npm dist-tag add` of older clients.",
    needs: publish,
    handle: putTag,
  }),
  packageRoute({
    method: "DELETE",
    path: "/-/package/:package/dist-tags/:tag",
    summary: "`npm dist-tag rm`.",
    needs: publish,
    handle: deleteTag,
  }),
  packageRoute({
    method: "GET",
    path: "/:package",
    summary: "The packument, full or abbreviated.",
    needs: read,
    handle: getPackument,
  }),
  packageRoute({
    method: "GET",
    path: "/:package/:version",
    summary: "One version, by number or tag.",
    needs: read,
    handle: getVersion,
  }),
  packageRoute({
    method: "GET",
    path: "/:package/-/:file",
    summary: "The tarball.",
    needs: read,
    handle: getTarball,
  }),
  packageRoute({
    method: "PUT",
    path: "/:package",
    summary: "`npm publish`, `npm deprecate`, `npm star`.",
    needs: write,
    handle: writePackage,
  }),
  packageRoute({
    method: "PUT",
    path: "/:package/-rev/:rev",
    summary: "`npm unpublish` of one version, first step.",
    needs: publish,
    handle: rewritePackage,
  }),
  packageRoute({
    method: "DELETE",
    path: "/:package/-/:file/-rev/:rev",
    summary: "`npm unpublish` of one version, last step.",
    needs: publish,
    handle: removeTarball,
  }),
  packageRoute({
    method: "DELETE",
    path: "/:package/-rev/:rev",
    summary: "`npm unpublish` of a package.",
    needs: publish,
    handle: removePackage,
  }),
];

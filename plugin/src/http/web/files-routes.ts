import type { Permission } from "../../registry/authorize.ts";
import type { PackageRequest } from "../request.ts";
import { packageRoute, type Route } from "../route.ts";
import { chooseDiff, diffPage } from "./diff-page.ts";
import { filePage } from "./file-page.ts";
import { filesPage } from "./files-page.ts";
import { versionsPage } from "./versions-page.ts";

const read = ({ name }: PackageRequest): Permission => ({ action: "read", package: name.full });

/** Pages that look inside a skill. */
export const filesRoutes: Route[] = [
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/v/:version/files",
    summary: "The files of a version.",
    needs: read,
    handle: filesPage,
  }),
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/v/:version/files/*path",
    summary: "One file: highlighted, as rendered Markdown, or as a picture.",
    needs: read,
    handle: filePage,
  }),
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/versions",
    summary: "All versions and what changed between them.",
    needs: read,
    handle: versionsPage,
  }),
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/diff",
    summary: "`from` and `to` of a form, as the address of their comparison.",
    needs: read,
    handle: chooseDiff,
  }),
  packageRoute({
    door: "web",
    method: "GET",
    path: "/skills/:namespace/:skill/diff/:range",
    summary: "What changed between two versions: `1.0.0...1.1.0`.",
    needs: read,
    handle: diffPage,
  }),
];

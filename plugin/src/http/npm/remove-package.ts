import { unpublishPackage, unpublishVersion } from "../../registry/unpublish.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { versionOfFile } from "./tarball.ts";

/** `DELETE /:package/-rev/:rev`. */
export async function removePackage(services: Services, request: PackageRequest): Promise<Answer> {
  await unpublishPackage(services.parts, request.caller, {
    name: request.name,
    rev: request.params["rev"] ?? "",
  });
  return json(200, { ok: true });
}

/** `DELETE /:package/-/:file/-rev/:rev`. */
export async function removeTarball(services: Services, request: PackageRequest): Promise<Answer> {
  const removal = { name: request.name, rev: request.params["rev"] ?? "", version: versionOfFile(request) };
  await unpublishVersion(services.parts, request.caller, removal);
  return json(200, { ok: true });
}

import { listDistTags, removeDistTag, setDistTag } from "../../registry/dist-tags.ts";
import { parseTag } from "../../registry/versions.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { parseBody, tagBody } from "./documents.ts";

export async function listTags(services: Services, request: PackageRequest): Promise<Answer> {
  const tags = await listDistTags(services.parts, request.name);
  return json(200, Object.fromEntries(tags.map((tag) => [tag.tag, tag.version])));
}

export async function putTag(services: Services, request: PackageRequest): Promise<Answer> {
  const tag = parseTag(request.params["tag"] ?? "");
  const version = parseBody(tagBody, request.body);
  await setDistTag(services.parts, request.caller, { name: request.name, tag, version });
  return json(201, { ok: true });
}

export async function deleteTag(services: Services, request: PackageRequest): Promise<Answer> {
  const tag = parseTag(request.params["tag"] ?? "");
  await removeDistTag(services.parts, request.caller, { name: request.name, tag });
  return json(200, { ok: true });
}

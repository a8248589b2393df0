import { type DiffAnswer, diffAnswer, SkillsError } from "@skills-registry/schema";
import { resolveVersion } from "../../registry/resolve-version.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { documentOf, NO_QUERY, skillOperation } from "./operation.ts";
import { versionedHeaders } from "./versioned.ts";

export const diffOperation = skillOperation({
  id: "diffVersions",
  method: "GET",
  path: "/api/skills/:namespace/:skill/diff/:range",
  summary: "What changed from one version to another: `1.0.0...1.1.0`, also with dist-tags or ranges.",
  needs: "read",
  query: NO_QUERY,
  answers: [documentOf(diffAnswer, "The files that differ, sorted by path.")],
  errors: ["EBADREQUEST"],
  handle: getDiff,
});

async function getDiff(services: Services, request: PackageRequest): Promise<Answer> {
  const { name } = request;
  const wish = parseDiffRange(request.params["range"] ?? "");
  const from = await resolveVersion(services.parts.metadata, { name, version: wish.from });
  const to = await resolveVersion(services.parts.metadata, { name, version: wish.to });
  const answer: DiffAnswer = { name: name.full, ...(await services.diffs.between(from.version, to.version)) };
  return json(200, answer, versionedHeaders([from, to]));
}

/** `1.0.0...1.1.0`, also with dist-tags or ranges. Throws EBADREQUEST. */
export function parseDiffRange(text: string): { from: string; to: string } {
  const [from = "", to = "", ...more] = text.split("...");
  if (from !== "" && to !== "" && more.length === 0) return { from, to };
  throw new SkillsError("EBADREQUEST", `${JSON.stringify(text.slice(0, 100))} is not two versions`, {
    hint: "Write both versions with three dots in between: 1.0.0...1.1.0.",
  });
}

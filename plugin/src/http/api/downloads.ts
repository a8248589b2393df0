import { type DownloadsAnswer, downloadsAnswer, SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import { fillDays } from "../../registry/days.ts";
import { parsePeriod } from "../../registry/download-period.ts";
import { resolveVersion } from "../../registry/resolve-version.ts";
import type { Answer } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { useOf } from "../use.ts";
import { document } from "./document.ts";
import { documentOf, NO_QUERY, skillOperation } from "./operation.ts";

const query = z.strictObject({
  range: z
    .string()
    .default("last-month")
    .describe("`last-day`, `last-week`, `last-month`, `last-year`, `2026-03-01` or `2026-03-01:2026-03-31`."),
});

export const downloadOperations = [
  skillOperation({
    id: "getDownloads",
    method: "GET",
    path: "/api/skills/:namespace/:skill/downloads",
    summary: "Downloads of a skill by day and by version.",
    needs: "read",
    query,
    answers: [documentOf(downloadsAnswer, "The counts, up to a few seconds ago.")],
    handle: getDownloads,
  }),
  skillOperation({
    id: "reportInstall",
    method: "POST",
    path: "/api/skills/:namespace/:skill/:version/installs",
    summary:
      "Counts an install of a version, for users who chose to report theirs. Nothing about them is kept.",
    needs: "read",
    query: NO_QUERY,
    body: { types: ["application/json"], description: "An empty object." },
    answers: [{ status: 204, description: "It counts, once for each client and hour.", types: [] }],
    errors: ["EBADBODY"],
    handle: postInstall,
  }),
];

async function getDownloads(
  { parts }: Services,
  { name }: PackageRequest,
  wish: z.infer<typeof query>,
): Promise<Answer> {
  const range = parsePeriod(wish.range, parts.now());
  const { package: found } = await resolveVersion(parts.metadata, { name });
  const days = fillDays(range, await parts.metadata.downloads(found.id, range));
  const versions = await parts.metadata.downloadsByVersion(found.id, range);
  const answer: DownloadsAnswer = {
    range,
    total: days.reduce((sum, { count }) => sum + count, 0),
    days,
    versions,
    installs: await parts.metadata.installs(found.id, range),
  };
  return document(answer);
}

async function postInstall({ parts, downloads }: Services, request: PackageRequest): Promise<Answer> {
  // Pages of other sites can make their readers send anything but JSON.
  if (!(request.headers["content-type"] ?? "").startsWith("application/json")) {
    throw new SkillsError("EBADBODY", "the body is not JSON");
  }
  const wanted = request.params["version"] ?? "";
  const { package: found, version } = await resolveVersion(parts.metadata, {
    name: request.name,
    version: wanted,
  });
  downloads.countInstall(useOf(request, found.id, version.version));
  return { status: 204, headers: {}, body: { kind: "none" } };
}

import { publishAnswer, SkillsError } from "@skills-registry/schema";
import semver from "semver";
import { z } from "zod";
import { notePublish } from "../../observe/note-publish.ts";
import { upload } from "../../registry/upload.ts";
import { LATEST, parseTag } from "../../registry/versions.ts";
import { VISIBILITIES } from "../../store/identity.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { skillOperation } from "./operation.ts";

/** What archives are sent as; which of them it is, its first bytes tell. Windows and some browsers have a name of their own. */
const ARCHIVE_TYPES = [
  "application/gzip",
  "application/x-gzip",
  "application/zip",
  "application/x-zip-compressed",
  "application/octet-stream",
];

const query = z.strictObject({
  version: z
    .string()
    .refine((version) => semver.valid(version) === version, "it is not an exact version")
    .optional()
    .describe("Version of a skill without package.json; the next free one when absent."),
  tag: z.string().default(LATEST).describe("The dist-tag that the version is published under."),
  access: z
    .enum(VISIBILITIES)
    .optional()
    .describe(
      "Who sees a new skill; its namespace's default when absent. One that is there keeps what it has.",
    ),
});

export const uploadOperation = skillOperation({
  id: "uploadSkill",
  method: "POST",
  path: "/api/skills/:namespace/:skill",
  summary: "Creates or updates a skill from a .tgz or .zip of its folder; package.json is not needed.",
  needs: "publish",
  query,
  body: { types: ARCHIVE_TYPES, description: "The archive. One folder around everything in it is left out." },
  answers: [
    { status: 201, description: "A new skill.", types: ["application/json"], schema: publishAnswer },
    {
      status: 200,
      description: "A new version of it; or `unchanged`, when its content is published already.",
      types: ["application/json"],
      schema: publishAnswer,
    },
  ],
  errors: ["EBADBODY", "EVERSIONTAKEN", "ESKILLTOOLARGE", "ESKILLINVALID", "ESKILLMISMATCH"],
  handle: postSkill,
});

async function postSkill(
  services: Services,
  request: PackageRequest,
  wish: z.infer<typeof query>,
): Promise<Answer> {
  const answer = await notePublish(services.observer.metrics, async () => {
    requireArchive(request);
    const bytes = await request.readBody(services.parts.config.limits.tarball);
    const { version, tag, access = null } = wish;
    const sent = { name: request.name, version, tag: parseTag(tag), access, bytes };
    return await services.uploads(() => upload(services, request.caller, sent));
  });
  return json(answer.action === "created" ? 201 : 200, answer);
}

function requireArchive({ headers }: PackageRequest): void {
  const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";");
  if (ARCHIVE_TYPES.includes(type.trim())) return;
  throw new SkillsError("EBADREQUEST", "the content-type is not that of an archive", {
    hint: `Send a .tgz or .zip as one of ${ARCHIVE_TYPES.join(", ")}.`,
  });
}

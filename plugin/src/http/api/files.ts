import { type FilesAnswer, filesAnswer } from "@skills-registry/schema";
import { type FileContent, fileOf, filesOf } from "../../registry/files.ts";
import { type ResolvedVersion, resolveVersion } from "../../registry/resolve-version.ts";
import { type Answer, bytes, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { documentOf, NO_QUERY, skillOperation } from "./operation.ts";
import { versionedHeaders } from "./versioned.ts";

/** Opened in a tab of its own, a file runs nothing, loads nothing and has no origin. */
const FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

export const filesOperation = skillOperation({
  id: "listFiles",
  method: "GET",
  path: "/api/skills/:namespace/:skill/:version/files",
  summary: "The files of a version, which is named by number, dist-tag or range.",
  needs: "read",
  query: NO_QUERY,
  answers: [documentOf(filesAnswer, "All files, sorted by path.")],
  handle: getFiles,
});

export const fileOperation = skillOperation({
  id: "readFile",
  method: "GET",
  path: "/api/skills/:namespace/:skill/:version/files/*path",
  summary: "One file of a version, as it was published. Text of every kind, HTML and SVG too, is text/plain.",
  needs: "read",
  query: NO_QUERY,
  answers: [
    {
      status: 200,
      description: "The bytes of the file.",
      types: ["text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", "application/octet-stream"],
    },
  ],
  handle: getFile,
});

async function getFiles(services: Services, request: PackageRequest): Promise<Answer> {
  const resolved = await resolve(services, request);
  const { version } = resolved;
  const answer: FilesAnswer = {
    name: request.name.full,
    version: version.version,
    files: await filesOf(services, version),
  };
  return json(200, answer, versionedHeaders([resolved]));
}

async function getFile(services: Services, request: PackageRequest): Promise<Answer> {
  const resolved = await resolve(services, request);
  const file = await fileOf(services, resolved.version, request.params["path"] ?? "");
  const { buffer, byteOffset, byteLength } = file.bytes;
  return bytes(200, Buffer.from(buffer, byteOffset, byteLength), {
    ...versionedHeaders([resolved]),
    ...presentation(file),
  });
}

async function resolve({ parts }: Services, { name, params }: PackageRequest): Promise<ResolvedVersion> {
  return await resolveVersion(parts.metadata, { name, version: params["version"] ?? "" });
}

/** Text and images are shown; everything else is only ever saved. */
function presentation({ kind, mediaType, path }: FileContent): Record<string, string> {
  const fileName = encodeURIComponent(path.split("/").at(-1) ?? "").replace(/['()*]/g, escapeByte);
  return {
    "content-type": mediaType,
    "content-security-policy": FILE_POLICY,
    ...(kind === "binary" ? { "content-disposition": `attachment; filename*=UTF-8''${fileName}` } : {}),
  };
}

/** What RFC 8187 wants escaped and encodeURIComponent leaves as it is. */
function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

import { SkillsError } from "@skills-registry/schema";
import semver from "semver";
import {
  abbreviatedPackument,
  fullPackument,
  type PackumentSource,
  readPackument,
  requirePackument,
  tarballName,
  versionDocument,
} from "../../registry/packument.ts";
import { isLive } from "../../registry/versions.ts";
import { goneSkill, goneVersion, refuseWithdrawn } from "../../registry/withdrawn.ts";
import { digestOfIntegrity } from "../../store/digest.ts";
import type { ByteRange } from "../../store/blobs.ts";
import type { VersionSummary } from "../../store/metadata.ts";
import { type Answer, bytes, json } from "../answer.ts";
import { immutable } from "../caching.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { useOf } from "../use.ts";
import { skillUrl } from "../web/urls.ts";

const ABBREVIATED_TYPE = "application/vnd.npm.install-v1+json";
/** Readers may keep a packument but ask before they use it: a publish is visible at the next request. */
const REVALIDATE = "no-cache";

/** `GET /:package`: the packument, from serialised bytes while its rev is the current one. */
export async function getPackument(services: Services, request: PackageRequest): Promise<Answer> {
  const { parts, packuments } = services;
  const { accept = "" } = request.headers;
  if (accept.startsWith("text/html")) return seePage(request);
  const abbreviated = accept.includes(ABBREVIATED_TYPE);
  const found = await parts.metadata.package(request.name.full);
  if (found === undefined) throw notFound(request);
  const key = `${abbreviated ? "short" : "full"} ${request.baseUrl} ${found.name}`;
  let cached = packuments.get(key, found.rev);
  if (cached === undefined) {
    const source = await readPackument(parts.metadata, found);
    if (source === undefined) throw goneSkill(found.name, await parts.metadata.versions(found.id));
    const build = abbreviated ? abbreviatedPackument : fullPackument;
    cached = packuments.put(key, source.package.rev, build(source, request.baseUrl));
  }
  return bytes(200, cached.bytes, {
    "content-type": abbreviated ? ABBREVIATED_TYPE : "application/json; charset=utf-8",
    "cache-control": REVALIDATE,
    vary: "accept, accept-encoding",
    etag: cached.etag,
  });
}

/** A browser: somebody followed a link to the registry's address of the skill. */
function seePage({ name }: PackageRequest): Answer {
  const headers = { location: skillUrl(name.full), vary: "accept", "cache-control": REVALIDATE };
  return { status: 302, headers, body: { kind: "none" } };
}

function notFound(request: PackageRequest): SkillsError {
  return new SkillsError("ENOTFOUND", `there is no skill ${request.name.full}`);
}

/** `GET /:package/:version`: one version, by number or by tag. */
export async function getVersion(services: Services, request: PackageRequest): Promise<Answer> {
  const source = await requirePackument(services.parts.metadata, request.name.full);
  const wanted = request.params["version"] ?? "";
  const version = resolve(source, wanted);
  if (version === undefined) {
    throw goneVersion(source.package.name, [...source.versions, ...source.withdrawn], wanted);
  }
  return json(200, versionDocument(source, version, request.baseUrl), {
    "cache-control": REVALIDATE,
  });
}

function resolve(source: PackumentSource, wanted: string): VersionSummary | undefined {
  const number = semver.valid(wanted) ?? source.tags.find((tag) => tag.tag === wanted)?.version;
  return source.versions.find((candidate) => candidate.version === number);
}

/** `GET /:package/-/:file`: the tarball as it was published, whole or a range of it. */
export async function getTarball(services: Services, request: PackageRequest): Promise<Answer> {
  const { metadata, blobs } = services.parts;
  const version = versionOfFile(request);
  const found = await metadata.package(request.name.full);
  const record = found && (await metadata.version(found.id, version));
  if (record !== undefined) refuseWithdrawn(request.name.full, record);
  if (found === undefined || record === undefined || !isLive(record)) {
    throw new SkillsError("ENOTFOUND", `there is no version ${version} of ${request.name.full}`);
  }
  const headers = {
    "content-type": "application/octet-stream",
    "cache-control": immutable(found.visibility),
    "accept-ranges": "bytes",
    etag: `"${record.integrity}"`,
  };
  const range = parseRange(request.headers.range, record.size);
  if (range === "unsatisfiable") {
    return {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${record.size}` },
      body: { kind: "none" },
    };
  }
  const blob = await blobs.open(digestOfIntegrity(record.integrity), range);
  if (blob?.size !== record.size) {
    // A client that was promised more bytes than there are would wait for the rest.
    blob?.stream.destroy();
    throw new Error(`the blob of ${record.integrity} is ${blob === undefined ? "missing" : "damaged"}`);
  }
  if ((range?.start ?? 0) === 0) {
    // Neither HEAD nor 304 reads the stream, and a client that hung up never comes to its end.
    blob.stream.once("end", () => services.downloads.count(useOf(request, found.id, version)));
  }
  if (range === undefined) {
    return { status: 200, headers, body: { kind: "stream", stream: blob.stream, length: record.size } };
  }
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${range.start}-${range.end}/${record.size}` },
    body: { kind: "stream", stream: blob.stream, length: range.end - range.start + 1 },
  };
}

/** The version in `legal-documents-1.0.0.tgz`; throws ENOTFOUND for any other file name. */
export function versionOfFile(request: PackageRequest): string {
  const file = request.params["file"] ?? "";
  const version = file.slice(request.name.skill.length + 1, -".tgz".length);
  if (semver.valid(version) === version && file === tarballName(request.name.full, version)) return version;
  throw new SkillsError("ENOTFOUND", `${request.name.full} has no such file`);
}

/** One byte range; several ranges are answered as if none was asked, as RFC 9110 allows. */
function parseRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (found === null) return undefined;
  const [, first = "", last = ""] = found;
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? "unsatisfiable" : { start, end };
}

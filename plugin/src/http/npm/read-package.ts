import { SkillsError } from "@skills-registry/schema";
import semver from "semver";
import {
  abbreviatedPackument,
  fullPackument,
  type PackumentSource,
  readPackument,
  requirePackument,
  versionDocument,
} from "../../registry/packument.ts";
import { goneSkill, goneVersion } from "../../registry/withdrawn.ts";
import type { VersionSummary } from "../../store/metadata.ts";
import { type Answer, bytes, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
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
  const found = request.found ?? (await parts.metadata.package(request.name.full));
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

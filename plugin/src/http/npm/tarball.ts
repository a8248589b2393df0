import { SkillsError } from "@skills-registry/schema";
import semver from "semver";
import { tarballName } from "../../registry/packument.ts";
import { isLive } from "../../registry/versions.ts";
import { refuseWithdrawn } from "../../registry/withdrawn.ts";
import type { ByteRange, OpenBlob } from "../../store/blobs.ts";
import { digestOfIntegrity } from "../../store/digest.ts";
import type { Package, Version } from "../../store/metadata.ts";
import type { Answer } from "../answer.ts";
import { immutable } from "../caching.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { useOf } from "../use.ts";

/** `GET /:package/-/:file`: the tarball as it was published, whole or a range of it; or the address where the client gets it itself. */
export async function getTarball(services: Services, request: PackageRequest): Promise<Answer> {
  const { found, record } = await requireVersion(services, request);
  const count = (): void => services.downloads.count(useOf(request, found.id, record.version));
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
  const isFromStart = (range?.start ?? 0) === 0;
  const location = await addressElsewhere(services, request, { record, range });
  if (location !== undefined) {
    if (isFromStart) count();
    return { status: 302, headers: { location, "cache-control": "no-store" }, body: { kind: "none" } };
  }
  const { stream } = await openTarball(services, record, range);
  // Neither HEAD nor 304 reads the stream, and a client that hung up never comes to its end.
  if (isFromStart) stream.once("end", count);
  if (range === undefined) {
    return { status: 200, headers, body: { kind: "stream", stream, length: record.size } };
  }
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${range.start}-${range.end}/${record.size}` },
    body: { kind: "stream", stream, length: range.end - range.start + 1 },
  };
}

async function requireVersion(
  { parts: { metadata } }: Services,
  request: PackageRequest,
): Promise<{ found: Package; record: Version }> {
  const version = versionOfFile(request);
  const found = request.found ?? (await metadata.package(request.name.full));
  const record = found && (await metadata.version(found.id, version));
  if (record !== undefined) refuseWithdrawn(request.name.full, record);
  if (found === undefined || record === undefined || !isLive(record)) {
    throw new SkillsError("ENOTFOUND", `there is no version ${version} of ${request.name.full}`);
  }
  return { found, record };
}

/**
 * Signed for a whole GET by somebody who may have the tarball. HEAD is another method, and what a client has already, or asks for in a
 * form that we do not know, is ours to answer. Clients of npm send their token along to every port of the host they were sent on by.
 */
async function addressElsewhere(
  { parts: { blobs } }: Services,
  { isHead, headers, baseUrl }: PackageRequest,
  { record, range }: { record: Version; range: ByteRange | undefined },
): Promise<string | undefined> {
  const isOdd = headers.range !== undefined && range === undefined;
  if (isHead || isOdd || headers["if-none-match"] !== undefined) return undefined;
  const address = await blobs.redirect(digestOfIntegrity(record.integrity));
  if (address === undefined) return undefined;
  return new URL(address).hostname === new URL(baseUrl).hostname ? undefined : address;
}

async function openTarball(
  { parts: { blobs } }: Services,
  record: Version,
  range: ByteRange | undefined,
): Promise<OpenBlob> {
  const blob = await blobs.open(digestOfIntegrity(record.integrity), range);
  if (blob?.size === record.size) return blob;
  // A client that was promised more bytes than there are would wait for the rest.
  blob?.stream.destroy();
  throw new Error(`the blob of ${record.integrity} is ${blob === undefined ? "missing" : "damaged"}`);
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

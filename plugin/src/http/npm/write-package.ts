import { type PackageName, SkillsError } from "@skills-registry/schema";
import { changePackage } from "../../registry/change.ts";
import type { Publication } from "../../registry/candidate.ts";
import { setOwners } from "../../registry/owners.ts";
import { notePublish } from "../../observe/note-publish.ts";
import { publish } from "../../registry/publish.ts";
import { setLike } from "../../registry/likes.ts";
import { LATEST, parseTag } from "../../registry/versions.ts";
import { requireAccount } from "../../registry/caller.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest } from "../request.ts";
import type { Services } from "../services.ts";
import { changeBody, ownersBody, parseBody, publishBody, type PublishBody, starBody } from "./documents.ts";

/**
 * npm uses one address for publishing, deprecating, unpublishing one version and starring; only the body's shape tells them apart.
 * A body that could be two of them is refused: stock servers did both.
 */
export type WriteKind = "publish" | "change" | "star" | "owners" | "unknown";

export function writeKind(body: unknown): WriteKind {
  if (typeof body !== "object" || body === null) return "unknown";
  if ("_attachments" in body && !isEmptyRecord(body._attachments)) return "publish";
  // Whoever changes a package has read it, and sends back the `_rev` they read.
  if ("versions" in body) return "_rev" in body ? "change" : "publish";
  if ("maintainers" in body) return "users" in body ? "unknown" : "owners";
  return "users" in body ? "star" : "unknown";
}

function isEmptyRecord(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

/** `PUT /:package`. */
export async function writePackage(services: Services, request: PackageRequest): Promise<Answer> {
  switch (writeKind(request.body)) {
    case "publish":
      return await answerPublish(services, request);
    case "change":
      return await answerChange(services, request, { rev: undefined });
    case "star":
      return await answerStar(services, request);
    case "owners":
    case "unknown":
      throw new SkillsError("EBADBODY", "the body is neither a publish nor a change of a package");
  }
}

/** `PUT /:package/-rev/:rev`: how npm takes one version out of a package, and changes who owns it. */
export async function rewritePackage(services: Services, request: PackageRequest): Promise<Answer> {
  const rev = request.params["rev"];
  switch (writeKind(request.body)) {
    case "change":
      return await answerChange(services, request, { rev });
    case "owners":
      return await answerOwners(services, request, rev);
    case "publish":
    case "star":
    case "unknown":
      throw new SkillsError(
        "EBADBODY",
        "this address only changes what is published; publish to the package itself",
      );
  }
}

async function answerOwners(
  { parts }: Services,
  { caller, name, body }: PackageRequest,
  rev: string | undefined,
): Promise<Answer> {
  const { _id, maintainers } = parseBody(ownersBody, body);
  requireName("_id", _id ?? name.full, name);
  const names = maintainers.map((maintainer) => maintainer.name);
  const changed = await setOwners(parts, caller, { name, rev, maintainers: names });
  return json(201, { ok: true, id: name.full, rev: String(changed) });
}

async function answerPublish(services: Services, request: PackageRequest): Promise<Answer> {
  const publishing = notePublish(services.observer.metrics, async () => {
    const publication = toPublication(request.name, parseBody(publishBody, request.body));
    return await services.publishes(() => publish(services.parts, request.caller, publication));
  });
  return json(201, await publishing);
}

function toPublication(name: PackageName, body: PublishBody): Publication {
  requireName("_id", body._id ?? name.full, name);
  requireName("name", body.name, name);
  const [version, claimed] = onlyEntry("version", body.versions);
  const [, attachment] = onlyEntry("attachment", body._attachments);
  requireName(`versions["${version.slice(0, 60)}"].name`, claimed.name, name);
  if (claimed.version !== version) {
    throw new SkillsError("ESKILLMISMATCH", "the version in the document differs from its key");
  }
  return {
    name,
    version,
    tag: onlyTag(body, version),
    access: body.access ?? null,
    claimed,
    claimedDist: { integrity: claimed.dist?.integrity, shasum: claimed.dist?.shasum },
    tarball: decodeTarball(attachment),
  };
}

function requireName(field: string, found: string, name: PackageName): void {
  if (found === name.full) return;
  throw new SkillsError("ESKILLMISMATCH", `${field} is not ${name.full}, to which this was sent`);
}

function onlyEntry<T>(what: string, record: Record<string, T>): [string, T] {
  const entries = Object.entries(record);
  const [entry] = entries;
  if (entry !== undefined && entries.length === 1) return entry;
  throw new SkillsError("EBADBODY", `a publish carries exactly one ${what}, this one has ${entries.length}`, {
    hint: "Publish versions one at a time, and without --provenance.",
  });
}

function onlyTag(body: PublishBody, version: string): string {
  const tags = Object.entries(body["dist-tags"] ?? { [LATEST]: version });
  const [[tag, target] = [LATEST, version]] = tags;
  if (tags.length > 1 || target !== version) {
    throw new SkillsError("EBADBODY", "dist-tags of a publish name the published version, under one tag");
  }
  return parseTag(tag);
}

/** Buffer skips what is not base64 without a word. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function decodeTarball(attachment: PublishBody["_attachments"][string]): Buffer {
  if (!BASE64.test(attachment.data)) throw new SkillsError("EBADBODY", "the attachment is not base64");
  const tarball = Buffer.from(attachment.data, "base64");
  if (attachment.length !== undefined && attachment.length !== tarball.length) {
    throw new SkillsError(
      "ESKILLMISMATCH",
      `the attachment has ${tarball.length} bytes, not ${attachment.length}`,
    );
  }
  return tarball;
}

async function answerChange(
  services: Services,
  request: PackageRequest,
  address: { rev: string | undefined },
): Promise<Answer> {
  const body = parseBody(changeBody, request.body);
  requireName("name", body.name, request.name);
  const rev = await changePackage(services.parts, request.caller, {
    name: request.name,
    rev: address.rev ?? body._rev,
    versions: body.versions,
    mayUnpublish: address.rev !== undefined,
  });
  return json(201, { ok: true, id: request.name.full, rev: String(rev) });
}

async function answerStar(services: Services, request: PackageRequest): Promise<Answer> {
  const { users } = parseBody(starBody, request.body);
  const liked = users[requireAccount(request.caller).name] === true;
  const { rev } = await setLike(services.parts, request.caller, { name: request.name, liked });
  return json(201, { ok: true, id: request.name.full, rev: String(rev) });
}

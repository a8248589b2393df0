import { createHash, createPublicKey } from "node:crypto";
import { parsePackageName, printable } from "@skills-registry/schema";
import type { z } from "zod";
import type { PublicKey } from "../moving/bring-in.ts";
import { tarballUrl } from "../registry/packument.ts";
import {
  keysDocument,
  nameInAddress,
  type Packument,
  packumentDocument,
  refusalDocument,
  type Revision,
  revisionsDocument,
  withdrawnDocument,
  type WithdrawnDocument,
} from "./upstream-documents.ts";
import { UpstreamError } from "./upstream-error.ts";
import { type Answer, askUpstream, type UpstreamHttp } from "./upstream-http.ts";

/** The skills of a namespace as they are there; undefined etag when they changed while the list was read. */
export interface Revisions {
  etag: string | null;
  skills: Revision[];
}

/** What is there under a name. `gone` with a reason when an operator there has withdrawn all of it. */
export type Found =
  | { is: "there"; packument: Packument }
  | { is: "moved"; to: string }
  | { is: "gone"; withdrawn: string | null };

/** Another registry, as a mirror asks it. Every method throws UpstreamError for what cannot be used. */
export interface Upstream {
  keys(): Promise<PublicKey[]>;
  /** `unchanged` when the list is the one of the etag, `moved` when the namespace is called otherwise there. */
  revisions(namespace: string, etag: string | null): Promise<Revisions | "unchanged" | "moved">;
  packument(name: string): Promise<Found>;
  /** Versions that operators there have withdrawn. */
  withdrawn(name: string): Promise<WithdrawnDocument["withdrawn"]>;
  /** At most `max` bytes, unverified. */
  tarball(name: string, version: string, max: number): Promise<Buffer>;
}

const KEYS_BYTES = 256 * 1024;
/** A page of the list has some 100 KB. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** Some 4,000 versions; four are in memory at a time. */
const PACKUMENT_BYTES = 32 * 1024 * 1024;
/** Skills of one namespace: 15 MB of names. */
const SKILLS_MAX = 100_000;
const JSON_TYPE = "application/json";

export function upstreamClient(http: UpstreamHttp): Upstream {
  return {
    keys: async () => await readKeys(http),
    revisions: async (namespace, etag) => await readRevisions(http, namespace, etag),
    packument: async (name) => await readPackument(http, name),
    withdrawn: async (name) => {
      const path = `/api/skills/${name.slice(1)}`;
      const answer = await askUpstream(http, { path, accept: JSON_TYPE, max: PACKUMENT_BYTES });
      return answer.status === 200 ? parse(withdrawnDocument, answer, "a skill").withdrawn : [];
    },
    tarball: async (name, version, max) => {
      // Never from the address in the packument, which could lead anywhere.
      const path = tarballUrl(name, version, "");
      const answer = await askUpstream(http, { path, accept: "*/*", max, follow: true });
      if (answer.status === 200) return answer.body;
      throw new UpstreamError(`upstream has no tarball of ${name}@${version}`);
    },
  };
}

async function readKeys(http: UpstreamHttp): Promise<PublicKey[]> {
  const answer = await askUpstream(http, { path: "/-/npm/v1/keys", accept: JSON_TYPE, max: KEYS_BYTES });
  return parse(keysDocument, answer, "its keys").keys.flatMap(({ key }) => publicKeyOf(key) ?? []);
}

/** Undefined for what is no key of the kind that registries sign with. The fingerprint is ours, whatever it is said to be. */
function publicKeyOf(publicKey: string): PublicKey | undefined {
  const der = Buffer.from(publicKey, "base64");
  try {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") return undefined;
  } catch {
    return undefined;
  }
  return {
    keyid: `SHA256:${createHash("sha256").update(der).digest("base64")}`,
    publicKey: der.toString("base64"),
  };
}

async function readRevisions(
  http: UpstreamHttp,
  namespace: string,
  etag: string | null,
): Promise<Revisions | "unchanged" | "moved"> {
  const skills = new Map<string, Revision>();
  const path = `/api/namespaces/${namespace}/revisions`;
  const states = new Set<string>();
  let first: string | null = null;
  for (let cursor: string | null = ""; cursor !== null;) {
    const isFirst: boolean = cursor === "";
    const answer = await askUpstream(http, {
      path: isFirst ? path : `${path}?cursor=${encodeURIComponent(cursor)}`,
      accept: JSON_TYPE,
      max: PAGE_BYTES,
      ...(isFirst && etag !== null ? { etag } : {}),
    });
    if (isFirst && answer.status === 304) return "unchanged";
    if (answer.status === 308) return "moved";
    if (answer.status === 404) throw new UpstreamError(`upstream has no namespace @${namespace}`);
    if (isFirst) first = answer.etag;
    const page = parse(revisionsDocument, answer, `the skills of @${namespace}`);
    for (const skill of page.skills) add(skills, namespace, skill);
    if (page.skills.length === 0 && page.next !== null) throw listFault(namespace, "pages without skills");
    states.add(page.state);
    cursor = page.next;
  }
  return { etag: states.size === 1 ? first : null, skills: [...skills.values()] };
}

/** A list without end repeats itself, or grows beyond all bounds. */
function add(skills: Map<string, Revision>, namespace: string, skill: Revision): void {
  if (parsePackageName(skill.name)?.namespace !== namespace) {
    throw listFault(namespace, "a skill of another namespace");
  }
  if (skills.has(skill.name) || skills.size >= SKILLS_MAX) {
    throw listFault(namespace, "skills twice, or too many");
  }
  skills.set(skill.name, skill);
}

function listFault(namespace: string, what: string): UpstreamError {
  return new UpstreamError(`upstream lists ${what} in @${namespace}`);
}

async function readPackument(http: UpstreamHttp, name: string): Promise<Found> {
  const path = `/${name.replace("/", "%2f")}`;
  const answer = await askUpstream(http, { path, accept: JSON_TYPE, max: PACKUMENT_BYTES });
  if (answer.status === 308) {
    const to = nameInAddress(answer.location);
    if (to !== undefined) return { is: "moved", to };
    throw new UpstreamError(`upstream sends readers of ${name} on to what is no skill`);
  }
  if (answer.status !== 200) return { is: "gone", withdrawn: withdrawnReason(answer) };
  const packument = parse(packumentDocument, answer, name);
  if (packument.name === name) return { is: "there", packument };
  throw new UpstreamError(`upstream answered with another skill than ${name}`);
}

function withdrawnReason({ body }: Answer): string | null {
  const refusal = refusalDocument.safeParse(fromJson(body));
  return refusal.success && refusal.data.code === "EQUARANTINED" ? printable(refusal.data.detail) : null;
}

/** Throws UpstreamError, which says of what it was, for what is no such document. */
function parse<T>(schema: z.ZodType<T>, { status, body }: Answer, of: string): T {
  const parsed = status === 200 ? schema.safeParse(fromJson(body)) : undefined;
  if (parsed?.success === true) return parsed.data;
  const what = parsed === undefined ? `status ${status}` : "something else";
  throw new UpstreamError(`upstream was asked for ${of} and answered with ${what}`);
}

/** Undefined for what is no JSON. */
function fromJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

import { createHash } from "node:crypto";
import {
  DEFAULT_LIMITS,
  SkillsError,
  inspectTarball,
  isError,
  parsePackageName,
  type Entry,
  type InspectedSkill,
  type PackageName,
} from "@skills-registry/schema";
import type { Context } from "../context.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { fetchBytes, parseSpec, type NpmOptions, type Spec } from "./npm.ts";
import {
  fetchVersions,
  optionsFor,
  resolveVersion,
  signingKeys,
  type PublishedVersion,
  type Versions,
} from "./registry.ts";
import { verifySignatures } from "./signature.ts";

/** A version that a spec was resolved to and whose signature is good; its bytes are still with the registry. */
export interface Resolved {
  manifest: PublishedVersion;
  /** SRI, sha512. */
  integrity: string;
  registry: string;
  download(): Promise<Unpacked>;
}

/** A verified and inspected tarball. */
export interface Unpacked {
  skills: InspectedSkill[];
  entries: Entry[];
}

/** A spec of a skill: scoped, with a skill's name, from a registry. */
export interface SkillSpec extends Spec {
  name: string;
  scope: string;
  /** The name, taken apart. */
  parts: PackageName;
}

/** One digest, whole: an integrity of several could be met by any of them. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

export async function parseSkillSpec(text: string): Promise<SkillSpec> {
  const spec = await parseSpec(text).catch(() => undefined);
  if (spec === undefined || !["version", "range", "tag"].includes(spec.type)) {
    throw new SkillsError("EUSAGE", `"${text}" is not the name of a skill in a registry`, {
      hint: "Skills are named @namespace/skill-name, with @version, @range or @tag behind it where needed.",
    });
  }
  const name = spec.name === null ? undefined : parsePackageName(spec.name);
  if (name === undefined) throw new SkillsError("EBADNAME", `"${spec.name}" is not the name of a skill`);
  return { ...spec, name: name.full, scope: `@${name.namespace}`, parts: name };
}

/** Finds the version and checks the registry's signature of it. Keys and packument are asked for at the same time. */
export async function resolveSkill(
  context: Context,
  spec: SkillSpec,
  locked: LockedPackage | undefined,
): Promise<Resolved> {
  const options = await optionsFor(context, spec.scope);
  const [keys, versions] = await Promise.all([signingKeys(options), fetchVersions(spec.name, options)]);
  const manifest = await resolveVersion(versions, spec.wanted, options);
  const id = `${manifest.name}@${manifest.version}`;
  const { integrity } = manifest.dist;
  if (integrity === undefined || !SHA512.test(integrity)) {
    throw new SkillsError(
      "EREGISTRY",
      `${id} has no sha512 integrity; bytes that cannot be verified are not installed`,
    );
  }
  if (keys.length > 0) verifySignatures(manifest, keys, timeOf(versions, manifest.version));
  else context.note(`warning: ${options.registry} does not sign, so ${id} is verified by its integrity only`);
  if (locked?.version === manifest.version && locked.integrity !== integrity) {
    throw integrityError(`the registry means other bytes by ${id} than skills.lock`);
  }
  if (manifest.name !== spec.name) context.note(`note: ${spec.name} is called ${manifest.name} now`);
  // What is installed keeps the name it is known by here; its signature was checked under the one it has.
  const name = locked === undefined ? manifest.name : spec.name;
  return {
    manifest: { ...manifest, name },
    integrity,
    registry: options.registry,
    download: async () => unpack(await download(manifest, integrity, options), manifest),
  };
}

/** The bytes of a version; throws EINTEGRITY unless they are the ones that its integrity means. */
export async function download(
  manifest: PublishedVersion,
  integrity: string,
  options: NpmOptions,
): Promise<Uint8Array> {
  const bytes = await fetchBytes(manifest.dist.tarball, DEFAULT_LIMITS.tarball, { ...options, integrity });
  const actual = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (actual !== integrity)
    throw integrityError(
      `${manifest.name}@${manifest.version} came with other bytes than its integrity means`,
    );
  return bytes;
}

/** npm's own code for it, so that scripts need to know only one. */
function integrityError(message: string): Error {
  return Object.assign(new Error(message), { code: "EINTEGRITY" });
}

function timeOf(versions: Versions, version: string): string | undefined {
  const time = versions.time[version];
  return typeof time === "string" ? time : undefined;
}

/** The same inspection as at publish: the registry is not trusted to have done it. */
async function unpack(bytes: Uint8Array, published: PublishedVersion): Promise<Unpacked> {
  const { name, version, skillReport } = published;
  const { skills, issues, entries, packageManifest } = await inspectTarball(bytes, DEFAULT_LIMITS);
  const errors = issues.filter(isError);
  if (skills.length === 0)
    throw new SkillsError("ENOTSKILL", `${name}@${version} holds no skill`, { issues: errors });
  if (errors.length > 0)
    throw new SkillsError("ESKILLINVALID", `${name}@${version} breaks the rules of skills`, {
      issues: errors,
    });
  // The signature binds the bytes to the name that the skill has; those of a skill that moved say what it was called.
  const isNamed = packageManifest?.name === name || packageManifest?.name === skillReport?.publishedAs;
  if (!isNamed || packageManifest?.version !== version) {
    throw new SkillsError(
      "ESKILLMISMATCH",
      `the tarball of ${name}@${version} says it is another package or version`,
    );
  }
  return { skills, entries };
}

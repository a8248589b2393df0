import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import type { LockedPackage } from "../project/lockfile.ts";
import { integrityError } from "./integrity.ts";
import type { NpmOptions } from "./npm.ts";
import type { PublishedVersion, SigningKey, Versions } from "./registry.ts";
import { verifySignatures } from "./signature.ts";
import { download, unpack, type Unpacked } from "./unpack.ts";

/** A version whose origin is proved; its bytes are still with the registry. */
export interface Proved {
  /** The name that the registry knows it by; a skill that moved may have been asked for by another. */
  name: string;
  version: string;
  /** SRI, sha512. */
  integrity: string;
  /** Where the tarball is, as skills.lock keeps it: below the registry's address, or a whole address. */
  resolved: string;
  /** Kept in the lock, where it proves the entry without the packument. */
  signature: { keyid: string; sig: string } | undefined;
  dependencies: Record<string, string>;
  deprecated: string | undefined;
  download(): Promise<Unpacked>;
}

/** What a registry answered of a version, too. */
export interface Resolved extends Proved {
  manifest: PublishedVersion;
}

/** Whom a package was asked of. */
export interface Asked {
  context: Context;
  /** The name that was asked for. */
  name: string;
  options: NpmOptions;
  keys: SigningKey[];
}

/** One digest, whole: an integrity of several could be met by any of them. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * A version as a packument has it. Throws EREGISTRY without a sha512, ESIGNATURE unless the registry has signed it, and
 * EINTEGRITY where the lock knows other bytes by the same version.
 */
export function proveVersion(
  { context, name, options, keys }: Asked,
  found: { manifest: PublishedVersion; versions: Versions; locked: LockedPackage | undefined },
): Resolved {
  const { manifest, versions, locked } = found;
  const id = `${manifest.name}@${manifest.version}`;
  const { integrity } = manifest.dist;
  if (integrity === undefined || !SHA512.test(integrity)) {
    throw new SkillsError(
      "EREGISTRY",
      `${id} has no sha512 integrity; bytes that cannot be verified are not installed`,
    );
  }
  if (keys.length > 0) verifySignatures(manifest, keys, timeOf(versions, manifest.version));
  else if (locked?.signature !== undefined) throw unsigned(name, options.registry);
  else context.note(`warning: ${options.registry} does not sign, so ${id} is verified by its integrity only`);
  if (locked?.version === manifest.version && locked.integrity !== integrity)
    throw integrityError(`the registry means other bytes by ${id} than skills.lock`);
  if (manifest.name !== name) context.note(`note: ${name} is called ${manifest.name} now`);
  const { tarball, signatures } = manifest.dist;
  const { skillReport, version, dependencies, deprecated } = manifest;
  const publishedAs = skillReport?.publishedAs;
  return {
    name: manifest.name,
    version,
    integrity,
    resolved: withoutRegistry(tarball, options.registry),
    // The signature is one over the name that the skill has; under another it would prove nothing.
    signature: manifest.name === name && publishedAs === undefined ? signatures[0] : undefined,
    dependencies,
    deprecated,
    manifest,
    download: async () =>
      unpack(await download({ name, version, url: tarball, integrity }, options), {
        name: manifest.name,
        version,
        publishedAs,
      }),
  };
}

/**
 * The version that skills.lock names, proved by the signature in it. undefined where that is not enough and the packument has
 * to be asked: nothing is signed, the key has an end, or the tarball is somewhere else than below the registry, which
 * somebody could have written into the file. Throws ESIGNATURE.
 */
export function provedByLock({ name, options, keys }: Asked, entry: LockedPackage): Proved | undefined {
  const { version, integrity, signature, resolved, dependencies } = entry;
  if (signature !== undefined && keys.length === 0) throw unsigned(name, options.registry);
  const key = keys.find(({ keyid }) => keyid === signature?.keyid);
  // As a registry writes it: not a whole address, and nothing in it that leads upwards.
  const url = `${options.registry}${resolved}`;
  const isBelow = !URL.canParse(resolved) && URL.parse(url)?.href === url;
  if (signature === undefined || key?.expires !== null || !isBelow) return undefined;
  verifyLocked({ name, version, dist: { integrity, signatures: [signature] } }, key);
  return {
    name,
    version,
    integrity,
    resolved,
    signature,
    dependencies,
    deprecated: undefined,
    download: async () =>
      unpack(await download({ name, version, url, integrity }, options), { name, version }),
  };
}

/** What does not hold here has been changed in the file: the registry was not asked. */
function verifyLocked(signed: Parameters<typeof verifySignatures>[0], key: SigningKey): void {
  try {
    verifySignatures(signed, [key], undefined);
  } catch (error) {
    const message = `skills.lock says of ${signed.name}@${signed.version} what the registry never signed`;
    throw new SkillsError("ESIGNATURE", message, {
      hint: `Restore skills.lock from version control, or run skills remove ${signed.name} and add it again.`,
      cause: error,
    });
  }
}

function unsigned(name: string, registry: string): SkillsError {
  return new SkillsError("ESIGNATURE", `${name} is signed in skills.lock, but ${registry} has no keys`, {
    hint: "Check that this is the registry that it was installed from; a registry that signed goes on doing so.",
  });
}

function timeOf(versions: Versions, version: string): string | undefined {
  const time = versions.time[version];
  return typeof time === "string" ? time : undefined;
}

/** The part below the registry's address; from elsewhere the whole address, without what could be a credential. */
function withoutRegistry(tarball: string, registry: string): string {
  if (tarball.startsWith(registry)) return tarball.slice(registry.length).replace(/[?#].*$/, "");
  const { origin, pathname } = new URL(tarball);
  return `${origin}${pathname}`;
}

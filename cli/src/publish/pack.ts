import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageJsonText, SkillsError, type Entry } from "@skills-registry/schema";
import { z } from "zod";
import { parseJson, writeTree } from "../files.ts";
import { formatLike } from "../json-text.ts";
import { packDirectory, type PackageJson } from "../registry/npm.ts";

const PACKAGE_JSON = "package.json";

/** A package as it would be sent to a registry. */
export interface Packed {
  manifest: PackageJson;
  tarball: Uint8Array;
  /** SRI, sha512. */
  integrity: string;
}

const packageJsonSchema = z.looseObject({ name: z.string(), version: z.string() });

/** The package.json among a folder's entries; undefined when there is none. */
export function packageJsonOf(entries: readonly Entry[]): PackageJson | undefined {
  const text = textOf(entries, PACKAGE_JSON);
  if (text === undefined) return undefined;
  const parsed = packageJsonSchema.safeParse(parseJson(text.replace(/^\uFEFF/, "")));
  if (parsed.success) return parsed.data;
  throw new SkillsError(
    "ESKILLINVALID",
    "package.json needs a name and a version, as text, in a JSON object",
  );
}

/** The text with another version in it; indent, line ends and the order of the keys are kept. */
export function withVersion(text: string, version: string): string {
  const parsed = z.record(z.string(), z.unknown()).parse(JSON.parse(text.replace(/^\uFEFF/, "")));
  return formatLike(text, { ...parsed, version });
}

/**
 * Packs entries under a manifest's name and version. They are packed from a copy with modes 644 and 755, so that the bytes
 * depend neither on the umask nor on what else the folder holds, and the folder itself is never written to.
 */
export async function pack(entries: readonly Entry[], manifest: PackageJson): Promise<Packed> {
  const staging = await mkdtemp(join(tmpdir(), "skills-pack-"));
  try {
    const folder = join(staging, "package");
    await writeTree(folder, withManifest(entries, manifest));
    const tarball = await packDirectory(folder, manifest);
    return {
      manifest,
      tarball,
      integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The files with package.json saying the manifest's version; an existing one keeps its text otherwise. */
function withManifest(entries: readonly Entry[], manifest: PackageJson): Entry[] {
  const files = entries.filter(({ type, path }) => type === "file" && path !== PACKAGE_JSON);
  return [
    ...files,
    {
      path: PACKAGE_JSON,
      type: "file",
      mode: 0o644,
      data: new TextEncoder().encode(manifestText(entries, manifest)),
    },
  ];
}

function manifestText(entries: readonly Entry[], manifest: PackageJson): string {
  const text = textOf(entries, PACKAGE_JSON);
  if (text === undefined) return packageJsonText(manifest);
  return packageJsonOf(entries)?.version === manifest.version ? text : withVersion(text, manifest.version);
}

function textOf(entries: readonly Entry[], path: string): string | undefined {
  const entry = entries.find((one) => one.path === path && one.type === "file");
  return entry === undefined ? undefined : new TextDecoder().decode(entry.data);
}

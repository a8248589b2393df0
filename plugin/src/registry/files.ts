import { type Entry, isText, SkillsError } from "@skills-registry/schema";
import type { Version } from "../store/metadata.ts";
import type { Parts } from "./parts.ts";
import type { UnpackedPackages } from "./unpacked.ts";

/** What looking inside a package needs. */
export interface Library {
  parts: Parts;
  unpacked: UnpackedPackages;
}

export interface FileInfo {
  path: string;
  /** Bytes. */
  size: number;
  kind: "text" | "image" | "binary";
  executable: boolean;
}

export interface FileContent extends FileInfo {
  bytes: Uint8Array;
  /**
   * What a browser may take it for. Only text and raster images are ever named: SVG and HTML are text, because what is
   * shown from our own origin must not run.
   */
  mediaType: string;
}

const TEXT_TYPE = "text/plain; charset=utf-8";
const BINARY_TYPE = "application/octet-stream";

/** Raster images by their first bytes; a file has to have the extension as well, so that a name never lies. */
const IMAGES: { mediaType: string; extension: RegExp; magic: RegExp }[] = [
  { mediaType: "image/png", extension: /\.png$/i, magic: /^\x89PNG\r\n\x1a\n/ },
  { mediaType: "image/jpeg", extension: /\.jpe?g$/i, magic: /^\xff\xd8\xff/ },
  { mediaType: "image/gif", extension: /\.gif$/i, magic: /^GIF8[79]a/ },
  { mediaType: "image/webp", extension: /\.webp$/i, magic: /^RIFF[^]{4}WEBP/ },
];
/** Bytes that the magic of every format fits into. */
const MAGIC_LENGTH = 16;

/** The files of a version, sorted by path. */
export async function filesOf(library: Library, version: Version): Promise<FileInfo[]> {
  const entries = await library.unpacked.entries(version);
  return entries.filter(({ type }) => type === "file").map((entry) => describeFile(entry).info);
}

/** One file of a version, whole. Throws ENOTFOUND, for a folder too. */
export async function fileOf(library: Library, version: Version, path: string): Promise<FileContent> {
  const entries = await library.unpacked.entries(version);
  const entry = entries.find((candidate) => candidate.path === path && candidate.type === "file");
  if (entry === undefined) {
    throw new SkillsError(
      "ENOTFOUND",
      `version ${version.version} has no file ${JSON.stringify(path.slice(0, 240))}`,
    );
  }
  const { info, mediaType } = describeFile(entry);
  return { ...info, bytes: entry.data, mediaType };
}

function describeFile(entry: Entry): { info: FileInfo; mediaType: string } {
  const { path, data, mode } = entry;
  const image = imageType(path, data);
  const kind = image !== undefined ? "image" : isText(data) ? "text" : "binary";
  return {
    info: { path, size: data.length, kind, executable: (mode & 0o111) !== 0 },
    mediaType: image ?? (kind === "text" ? TEXT_TYPE : BINARY_TYPE),
  };
}

function imageType(path: string, data: Uint8Array): string | undefined {
  const start = String.fromCharCode(...data.subarray(0, MAGIC_LENGTH));
  return IMAGES.find(({ extension, magic }) => extension.test(path) && magic.test(start))?.mediaType;
}

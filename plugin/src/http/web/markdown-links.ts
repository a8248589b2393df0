import type { PackageName } from "@skills-registry/schema";
import { filesUrl, rawFileUrl } from "./urls.ts";

/** Where links and pictures in a user's Markdown may lead. */

export interface MarkdownOptions {
  /** Address of the page of a file of the skill, by its path below the root; null where there is none. */
  fileUrl: (path: string) => string | null;
  /** Address of the bytes of a picture of the skill; without it, pictures are links to their pages. */
  imageUrl?: (path: string) => string | null;
  /** Folder of the text below the root, for relative links; the root when absent. */
  folder?: string;
}

/** The options for a Markdown file of this version; `file` is its path. */
export function skillLinks(name: PackageName, version: string, file = "SKILL.md"): MarkdownOptions {
  return {
    fileUrl: (path) => filesUrl(name, version, path),
    imageUrl: (path) => rawFileUrl(name, version, path),
    folder: file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "",
  };
}

/** `external`: it leaves the registry. */
export interface Target {
  href: string;
  external: boolean;
}

/** Ids from a user's headings start with this, so that they cannot stand in for those of our own page. */
export const ID_PREFIX = "user-content-";

/** Characters of an address; a longer one is no link. */
const URL_MAX = 2_000;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const ALLOWED = new Set(["http:", "https:", "mailto:"]);
/** Formats that cannot hold a script or load anything. */
const RASTER = /\.(?:png|jpe?g|gif|webp)$/i;

/** undefined for what must not be a link: other schemes, other roots, folders above the skill, passwords. */
export function linkTarget(href: string, options: MarkdownOptions): Target | undefined {
  if (href.length > URL_MAX) return undefined;
  if (href.startsWith("#")) return { href: fragmentOf(href), external: false };
  if (SCHEME.test(href)) return externalTarget(href);
  const path = resolvePath(href, options.folder ?? "");
  const url = path === undefined ? null : options.fileUrl(path);
  return url === null ? undefined : { href: url + fragmentOf(href), external: false };
}

/** Address of a picture that is one of the skill's own files; undefined for every other. */
export function imageTarget(src: string, options: MarkdownOptions): string | undefined {
  if (src.length > URL_MAX || SCHEME.test(src)) return undefined;
  const path = resolvePath(src, options.folder ?? "");
  if (path === undefined || !RASTER.test(path)) return undefined;
  return options.imageUrl?.(path) ?? undefined;
}

function externalTarget(href: string): Target | undefined {
  const url = URL.parse(href);
  if (url === null || !ALLOWED.has(url.protocol) || url.href.length > URL_MAX) return undefined;
  // `https://registry.example@evil.example/` reads as if it led to the first.
  if (url.username !== "" || url.password !== "") return undefined;
  return { href: url.href, external: true };
}

/** The path below the root that a relative address names; undefined for every other address. */
function resolvePath(href: string, folder: string): string | undefined {
  const text = decode(href.replace(/[?#].*$/s, ""));
  if (text === undefined || text === "" || text.startsWith("/") || /[\\\p{C}]/u.test(text)) return undefined;
  const segments: string[] = folder === "" ? [] : folder.split("/");
  for (const segment of text.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.length === 0 ? undefined : segments.join("/");
}

/** `#Set%20Up` leads to the heading with that slug. */
function fragmentOf(href: string): string {
  const at = href.indexOf("#");
  const text = at === -1 ? "" : decode(href.slice(at + 1));
  if (text === undefined || text === "") return at === 0 ? "#" : "";
  return `#${ID_PREFIX}${encodeURIComponent(text.toLowerCase())}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

import type { PackageName } from "@skills-registry/schema";

/** Addresses of pages. Names of skills and namespaces need no escaping; versions and paths do. */

export function namespaceUrl(namespace: string): string {
  return `/skills/${namespace}`;
}

/** The page of a skill's `latest`, by its full name. */
export function skillUrl(name: string): string {
  return `/skills/${name.replace(/^@/, "")}`;
}

/** What its owners change about a skill. */
export function skillSettingsUrl(name: string): string {
  return `${skillUrl(name)}/settings`;
}

/** What its owners change about a namespace: beside the addresses of skills, none of which may look like it. */
export function namespaceSettingsUrl(namespace: string): string {
  return `/namespaces/${namespace}/settings`;
}

export function versionUrl(name: PackageName, version: string): string {
  return `${skillUrl(name.full)}/v/${encodeURIComponent(version)}`;
}

/** The list of files, or the page of one. */
export function filesUrl(name: PackageName, version: string, path = ""): string {
  return [`${versionUrl(name, version)}/files`, ...segments(path)].join("/");
}

/** The bytes of a file, from the REST API. */
export function rawFileUrl(name: PackageName, version: string, path: string): string {
  return [`/api${skillUrl(name.full)}`, encodeURIComponent(version), "files", ...segments(path)].join("/");
}

/** What a search field would find. */
export function searchUrl(parameters: Record<string, string> | string[][]): string {
  const query = new URLSearchParams(parameters).toString();
  return query === "" ? "/search" : `/search?${query}`;
}

function segments(path: string): string[] {
  return path === "" ? [] : path.split("/").map(encodeURIComponent);
}

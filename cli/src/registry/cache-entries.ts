import { labelOf } from "./ask.ts";
import { forget, readContent } from "./disk-cache.ts";

/** Something of ours in npm's cache. */
export interface CachedThing {
  /** `@acme/x@1.0.0` for a tarball, `@acme/x` for what a registry says of a skill. */
  name: string;
  kind: "tarball" | "versions" | "keys";
  /** Where it came from. */
  url: string;
  /** Bytes. */
  size: number;
  /** When it was put there, ISO 8601. */
  kept: string;
}

/** An entry with what cacache knows of it. */
interface Entry {
  key: string;
  integrity: string;
  thing: CachedThing;
}

/** What skills put into the cache, by name. Throws nothing for a cache that is not there. */
export async function cachedThings(folder: string): Promise<CachedThing[]> {
  return (await readEntries(folder)).ours
    .map(({ thing }) => thing)
    .toSorted((a, b) => (`${a.name} ${a.url}` < `${b.name} ${b.url}` ? -1 : 1));
}

/** Reads everything of ours, and lets go of what is not there any more or has gone bad. */
export async function verifyCached(folder: string): Promise<{ good: CachedThing[]; removed: CachedThing[] }> {
  const checked: { good: CachedThing[]; removed: CachedThing[] } = { good: [], removed: [] };
  for (const { key, integrity, thing } of (await readEntries(folder)).ours) {
    const isGood = (await readContent(folder, integrity, Number.POSITIVE_INFINITY)) !== undefined;
    if (!isGood) await forget(folder, key);
    checked[isGood ? "good" : "removed"].push(thing);
  }
  return checked;
}

/** Removes everything of ours. Contents that npm refers to, too, stay. */
export async function removeCached(folder: string): Promise<CachedThing[]> {
  const { default: cacache } = await import("cacache");
  const { ours, foreign } = await readEntries(folder);
  for (const { key, integrity } of ours) {
    await forget(folder, key);
    if (!foreign.has(integrity)) await cacache.rm.content(folder, integrity);
  }
  return ours.map(({ thing }) => thing);
}

async function readEntries(folder: string): Promise<{ ours: Entry[]; foreign: Set<string> }> {
  const { default: cacache } = await import("cacache");
  const ours: Entry[] = [];
  const foreign = new Set<string>();
  for (const { key, integrity, size, time, metadata } of Object.values(await cacache.ls(folder))) {
    const named = nameOf(key, metadata);
    if (named === undefined) foreign.add(integrity);
    else ours.push({ key, integrity, thing: { ...named, size, kept: new Date(time).toISOString() } });
  }
  return { ours, foreign };
}

/** What an entry is; undefined for one of npm. */
function nameOf(key: string, metadata: unknown): Pick<CachedThing, "name" | "kind" | "url"> | undefined {
  const [, kind, url = ""] = /^skills:(tarball|answer:\w+):(.*)$/s.exec(key) ?? [];
  if (kind === undefined) return undefined;
  const { id } = Object(metadata);
  if (kind === "tarball") return { name: typeof id === "string" ? id : url, kind: "tarball", url };
  const label = labelOf(url);
  return label === undefined ? { name: url, kind: "keys", url } : { name: label, kind: "versions", url };
}

import { fileURLToPath } from "node:url";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { publicAddress, withoutQuery, type Address } from "./address.ts";
import { ARCHIVE_LIMITS, readArchive } from "./archive.ts";
import { fetchRepository } from "./clone.ts";
import { download } from "./download.ts";
import { openLocal } from "./local.ts";
import { openSite } from "./site.ts";
import type { ImportSource } from "./source.ts";
import { below, memoryTree, refuseHostile, type SourceTree } from "./tree.ts";

/** The files of a source, below a folder of it. Throws EIMPORT where it cannot be read; nothing is changed anywhere. */
export async function openSource(
  context: Context,
  source: ImportSource,
  at: { ref: string | undefined; folder: string },
): Promise<SourceTree> {
  const tree = await openTree(context, source, at);
  try {
    refuseHostile(tree);
    return tree;
  } catch (error) {
    await tree[Symbol.asyncDispose]();
    throw error;
  }
}

async function openTree(
  context: Context,
  source: ImportSource,
  at: { ref: string | undefined; folder: string },
): Promise<SourceTree> {
  if (source.kind !== "local") await refuseOffline(context, source);
  if (source.kind === "git") {
    const folder = [source.path, at.folder].filter((part) => part !== "").join("/");
    return fetchRepository(context, source, { ref: at.ref, folder });
  }
  if (source.kind === "local") return below(await openLocal(context, source.path, at.ref), at.folder);
  if (source.kind === "archive") return below(await openArchive(context, source), at.folder);
  return openWeb(context, source, at);
}

async function refuseOffline(context: Context, { url }: Address): Promise<void> {
  if (url.startsWith("file:") || !(await context.npmOptions()).offline) return;
  throw new SkillsError(
    "ENOTCACHED",
    `${withoutQuery(url)} is not on this machine, and the network is not to be used`,
    { hint: "Import without --offline, or from a folder or an archive." },
  );
}

async function openArchive(context: Context, address: Address): Promise<SourceTree> {
  if (address.url.startsWith("file:")) return openLocal(context, fileURLToPath(address.url), undefined);
  const shown = withoutQuery(address.url);
  context.note(`fetching ${shown}`);
  const found = await download(context, address, ARCHIVE_LIMITS.tarball);
  if (found === undefined) throw new SkillsError("EIMPORT", `there is nothing at ${shown}`);
  const entries = await readArchive(found.bytes, shown);
  return memoryTree({ repository: shown, isRepository: false, path: "" }, entries);
}

/** A repository has addresses like any site: what offers no index is asked as a repository. */
async function openWeb(
  context: Context,
  address: Address,
  at: { ref: string | undefined; folder: string },
): Promise<SourceTree> {
  const site = at.ref === undefined ? await openSite(context, address) : undefined;
  if (site !== undefined) return below(site, at.folder);
  try {
    return await fetchRepository(context, address, at);
  } catch (error) {
    if (!(error instanceof SkillsError)) throw error;
    throw new SkillsError(
      "EIMPORT",
      `${publicAddress(address.url)} offers no index of skills, and as a repository: ${error.message}`,
      { hint: error.hint },
    );
  }
}

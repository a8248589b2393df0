import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { SkillsError, type Entry, type PackageName } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { exists, writeTree } from "../files.ts";
import { findSkill } from "../registry/api.ts";
import { resolveSkill, type SkillSpec } from "../registry/fetch-skill.ts";
import { optionsFor } from "../registry/registry.ts";
import { forkFiles } from "./fork-files.ts";

/** A fork in its folder. */
export interface Forked {
  name: string;
  forkedFrom: { name: string; version: string };
  folder: string;
  /** Of the origin; null where the registry does not tell. */
  visibility: "public" | "restricted" | null;
}

/**
 * Fetches and verifies a version, and writes it into a folder of its own as the source of another skill.
 * Throws ESKILLCLASH where something is in the place of the folder, which is never written into.
 */
export async function forkSkill(
  context: Context,
  { spec, name, folder }: { spec: SkillSpec; name: PackageName; folder: string },
): Promise<Forked> {
  if (await exists(folder)) {
    throw new SkillsError("ESKILLCLASH", `${folder} is there already`, {
      hint: "Name another folder behind the new name: skills fork @acme/x @me/x folder",
    });
  }
  const options = await optionsFor(context, spec.scope);
  const [resolved, skill] = await Promise.all([resolveSkill(context, spec), findSkill(spec.parts, options)]);
  const { entries } = await resolved.download();
  const origin = { name: resolved.manifest.name, version: resolved.manifest.version };
  await writeFolder(folder, forkFiles(entries, { origin, name }), context.signal);
  return { name: name.full, forkedFrom: origin, folder, visibility: skill?.visibility ?? null };
}

/** All files or none: what is left half written by Ctrl-C or a full disk is removed. */
async function writeFolder(folder: string, files: Entry[], signal: AbortSignal): Promise<void> {
  const staged = `${folder}.partial-${randomBytes(6).toString("hex")}`;
  try {
    await writeTree(staged, files);
    signal.throwIfAborted();
    await rename(staged, folder);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

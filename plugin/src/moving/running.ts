import { existsSync } from "node:fs";
import path from "node:path";
import { SkillsError } from "@skills-registry/schema";
import type { Config } from "../config.ts";
import { isSqliteInUse } from "../store/metadata/sqlite/in-use.ts";

/** Path of the database of an embedded registry. */
export function sqliteFile({ data }: Pick<Config, "data">): string {
  return path.join(data, "registry.sqlite");
}

/** Throws ENOTFOUND where nobody has ever started a registry: opening would make an empty one. */
export function requireRegistry(config: Config): void {
  if (config.metadata.type !== "sqlite" || existsSync(sqliteFile(config))) return;
  throw new SkillsError("ENOTFOUND", `there is no registry in ${config.data}`, {
    hint: "Name its folder with --data or its configuration with --config, or start it once.",
  });
}

/**
 * Throws EBADREQUEST while anybody else has the database open: what a running registry takes in behind the copy would be lost. Ask before
 * opening it oneself.
 */
export async function requireStopped(config: Config): Promise<void> {
  if (!(await isInUse(config))) return;
  throw new SkillsError("EBADREQUEST", "the registry that is to be moved is running", {
    hint: "Stop every node of it, and end other commands that work on it; then begin again: what is copied already stays.",
  });
}

async function isInUse(config: Config): Promise<boolean> {
  const { metadata } = config;
  if (metadata.type === "sqlite") return isSqliteInUse(sqliteFile(config));
  const { isPostgresInUse } = await import("../store/metadata/postgres/in-use.ts");
  return await isPostgresInUse(metadata);
}

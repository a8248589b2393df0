import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { Visibility } from "../store/identity.ts";
import type { MetadataReader, MetadataWriter, Package } from "../store/metadata.ts";
import { refuseMoved } from "./namespaces/moved.ts";
import { indexPackage } from "./reindex.ts";

/** The package under this name, made when it is new. Throws ESKILLMOVED for a name that readers are sent on from. */
export async function ensurePackage(
  tx: MetadataWriter,
  name: PackageName,
  made: { visibility: Visibility; at: string },
): Promise<Package> {
  const existing = await tx.package(name.full);
  if (existing !== undefined) return existing;
  await refuseMoved(tx, name);
  return await tx.insertPackage({ name: name.full, namespace: name.namespace, ...made });
}

/** The package under this name; throws ENOTFOUND. */
export async function requirePackage(reader: MetadataReader, name: string): Promise<Package> {
  const found = await reader.package(name);
  if (found === undefined) throw new SkillsError("ENOTFOUND", `there is no skill ${name}`);
  return found;
}

/** A writer's `_rev` must be the current one: it decided on what it read. Throws ESTALE. */
export function requireCurrent(found: Package, rev: string | undefined): void {
  if (rev === String(found.rev)) return;
  throw new SkillsError("ESTALE", `${found.name} changed since it was read`);
}

/** Ends every change of a package: the search document follows `latest`, the rev goes up. Returns the new rev. */
export async function settle(tx: MetadataWriter, changed: Package, at: string): Promise<number> {
  await indexPackage(tx, changed);
  return await tx.touchPackage(changed.id, at);
}

import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { MetadataReader } from "../../store/metadata.ts";

/**
 * Nothing is published under a name that readers are sent on from. Throws ESKILLMOVED; the new name of a restricted skill is told by
 * reads alone, which ask who may see it.
 */
export async function refuseMoved(reader: MetadataReader, name: PackageName): Promise<void> {
  const namespace = await reader.namespace(name.namespace);
  if (namespace !== undefined && namespace.movedTo !== null) {
    throw new SkillsError(
      "ESKILLMOVED",
      `the namespace @${namespace.name} is called @${namespace.movedTo} now`,
    );
  }
  const movedTo = await reader.movedPackage(name.full);
  if (movedTo === undefined) return;
  const visibility = (await reader.package(movedTo))?.visibility;
  const now = visibility === "public" ? `is called ${movedTo}` : "has another name";
  throw new SkillsError("ESKILLMOVED", `${name.full} ${now} now`);
}

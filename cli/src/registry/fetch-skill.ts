import { SkillsError, parsePackageName, type PackageName } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { parseSpec, type Spec } from "./npm.ts";
import { proveVersion, type Resolved } from "./prove.ts";
import { fetchVersions, optionsFor, resolveVersion, signingKeys } from "./registry.ts";

/** A spec of a skill: scoped, with a skill's name, from a registry. */
export interface SkillSpec extends Spec {
  name: string;
  scope: string;
  /** The name, taken apart. */
  parts: PackageName;
}

export async function parseSkillSpec(text: string): Promise<SkillSpec> {
  const spec = await parseSpec(text).catch(() => undefined);
  if (spec === undefined || !["version", "range", "tag"].includes(spec.type)) {
    throw new SkillsError("EUSAGE", `"${text}" is not the name of a skill in a registry`, {
      hint: "Skills are named @namespace/skill-name, with @version, @range or @tag behind it where needed.",
    });
  }
  const name = spec.name === null ? undefined : parsePackageName(spec.name);
  if (name === undefined) throw new SkillsError("EBADNAME", `"${spec.name}" is not the name of a skill`);
  return { ...spec, name: name.full, scope: `@${name.namespace}`, parts: name };
}

/** Finds the version that a spec means and checks the registry's signature of it; keys and packument are asked for at once. */
export async function resolveSkill(context: Context, spec: SkillSpec): Promise<Resolved> {
  const options = await optionsFor(context, spec.scope);
  const [keys, versions] = await Promise.all([signingKeys(options), fetchVersions(spec.name, options)]);
  const manifest = await resolveVersion(versions, spec.wanted, options);
  const asked = { context, name: spec.name, options, keys };
  return proveVersion(asked, { manifest, versions, locked: undefined });
}

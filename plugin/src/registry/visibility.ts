import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { Config } from "../config.ts";
import type { Visibility } from "../store/identity.ts";
import type { MetadataReader, Package } from "../store/metadata.ts";
import { audit } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { requirePackage, settle } from "./package-state.ts";
import type { Parts } from "./parts.ts";

/** What npm calls the two. */
const STATUS: Record<Visibility, string> = { public: "public", restricted: "private" };

/** Who sees a skill that is published for the first time: what the publish asks for, else its namespace, else the configuration. */
export async function visibilityOfNew(
  reader: MetadataReader,
  { namespaces }: Config,
  { name, access }: { name: PackageName; access: Visibility | null },
): Promise<Visibility> {
  if (access !== null) return access;
  const namespace = await reader.namespace(name.namespace);
  return namespace?.visibility ?? namespaces.visibility;
}

/**
 * A publish neither exposes a skill nor hides it: an `--access` left over in a script must not show to everybody what a company
 * keeps to itself. Throws EBADREQUEST when it asks for what the skill is not.
 */
export function refuseOtherAccess(found: Package | undefined, access: Visibility | null): void {
  if (found === undefined || access === null || access === found.visibility) return;
  throw new SkillsError(
    "EBADREQUEST",
    `${found.name} is ${found.visibility}, and a publish does not change that`,
    {
      hint: `Publish without --access ${access}, or first run npm access set status=${STATUS[access]} ${found.name}`,
    },
  );
}

/** Shows a skill to everybody, or to those with a right to it alone; from the next request on. Throws ENOTFOUND. */
export async function setVisibility(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  { name, visibility }: { name: PackageName; visibility: Visibility },
): Promise<void> {
  await parts.metadata.transaction(async (tx) => {
    const found = await requirePackage(tx, name.full);
    if (found.visibility === visibility) return;
    const at = parts.now().toISOString();
    await tx.setPackageVisibility(found.id, visibility);
    await audit(tx, caller, { at, action: "visibility", subject: found.name, detail: { visibility } });
    await settle(tx, { ...found, visibility }, at);
  });
}

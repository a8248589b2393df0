import { type PackageName, parsePackageName } from "@skills-registry/schema";
import type { PublicKey } from "../moving/bring-in.ts";
import type { Parts } from "../registry/parts.ts";
import { applySkill } from "./apply.ts";
import { fetchVersions } from "./fetch-versions.ts";
import { planSkill, type Refused } from "./plan.ts";
import { proveSignatures } from "./prove-signatures.ts";
import { hiddenNumbers, type Shown, toShown } from "./shown.ts";
import type { Upstream } from "./upstream-client.ts";
import type { Revision } from "./upstream-documents.ts";

/** What a copy is made with. */
export interface Copying {
  parts: Pick<Parts, "metadata" | "blobs" | "config" | "nodes" | "now">;
  upstream: Upstream;
  /** Address of the other registry. */
  url: string;
  /** Keys that its versions may be signed with. */
  keys: PublicKey[];
  /** Also what was refused before is fetched and judged again. */
  again: boolean;
  signal: AbortSignal;
}

/**
 * Makes the copy of a skill what the other registry shows. What is wrong with one of its versions leaves that one out and is kept as
 * the reason. True when it was done; false when the skill went away meanwhile. Throws UpstreamError.
 */
export async function copySkill(copying: Copying, revision: Revision): Promise<boolean> {
  const name = requireName(revision.name);
  const found = await copying.upstream.packument(name.full);
  if (found.is !== "there") return false;
  const isHiding = hiddenNumbers(found.packument).length > 0;
  const withdrawn = isHiding ? await copying.upstream.withdrawn(name.full) : [];
  const shown = toShown(name, found.packument, { visibility: revision.visibility, withdrawn });
  await bringUp(copying, shown, revision.rev);
  return true;
}

/** Takes away what the other registry shows no more, or, where an operator there says why, withdraws it. */
export async function removeSkill(copying: Copying, name: string, reason: string | null): Promise<void> {
  const found = await copying.parts.metadata.package(name);
  if (found !== undefined) {
    const known = await copying.parts.metadata.versions(found.id);
    const at = copying.parts.now().toISOString();
    const withdrawn = reason === null ? [] : known.map(({ version }) => ({ version, at, reason }));
    const shown = {
      name: requireName(name),
      visibility: found.visibility,
      versions: [],
      withdrawn,
      tags: {},
    };
    await bringUp(copying, shown, null);
    return;
  }
  await copying.parts.metadata.transaction((tx) => tx.deleteMirroredSkill(name));
}

/** `rev` is null for a skill that is there no more. */
async function bringUp(copying: Copying, shown: Shown, rev: string | null): Promise<void> {
  const { parts, url, keys } = copying;
  const name = shown.name.full;
  const package_ = await parts.metadata.package(name);
  const known = package_ === undefined ? [] : await parts.metadata.versions(package_.id);
  const refusals = copying.again ? [] : await parts.metadata.mirrorRefusalsOf(name);
  const trusted = { url, proved: await proveSignatures(known, shown, keys), refusals };
  const plan = planSkill(known, shown, trusted);
  const { refused: broken, failure } = await fetchVersions(copying, { shown, trusted }, plan.missing);
  const refused = [...plan.refused, ...broken];
  const at = parts.now().toISOString();
  await parts.metadata.transaction(async (tx) => {
    await tx.putMirrorRefusals(name, dated(refused, refusals, at));
    if (rev === null) await tx.deleteMirroredSkill(name);
    else if (failure === undefined) await tx.putMirroredSkill({ name, namespace: shown.name.namespace, rev });
    await applySkill(tx, { shown, trusted, fetched: [], at });
  }, `package ${name}`);
  if (failure !== undefined) throw failure;
}

/** A refusal keeps the time at which it was made first. */
function dated(
  refused: Refused[],
  before: (Refused & { at: string })[],
  at: string,
): (Refused & { at: string })[] {
  return refused.map(({ version, integrity, reason }) => ({
    version,
    integrity,
    reason,
    at: before.find((one) => one.version === version && one.integrity === integrity)?.at ?? at,
  }));
}

/** Names were parsed where they came in. */
function requireName(text: string): PackageName {
  const name = parsePackageName(text);
  if (name === undefined) throw new TypeError(`${text} is no name of a skill`);
  return name;
}

import type { Caller } from "../registry/caller.ts";
import { audit } from "../registry/audit.ts";
import { ensurePackage, settle } from "../registry/package-state.ts";
import { automaticLatest, isLive, LATEST } from "../registry/versions.ts";
import type { MetadataWriter, Package, Version } from "../store/metadata.ts";
import { planSkill, type SkillPlan } from "./plan.ts";
import type { Shown } from "./shown.ts";

/** Whom the audit log names: nobody asked for it. */
const MIRROR: Caller = { account: null, token: null, operator: false, address: "mirror", local: false };

export interface Application {
  shown: Shown;
  trusted: Parameters<typeof planSkill>[2];
  /** Versions whose bytes are stored and were inspected. */
  fetched: Version[];
  at: string;
}

/**
 * Makes the copy of a skill what the other registry shows, as far as the versions are fetched, in the caller's transaction. Plans anew:
 * an operator may have withdrawn something meanwhile. Writes nothing where nothing differs.
 */
export async function applySkill(tx: MetadataWriter, work: Application): Promise<void> {
  const { shown, at } = work;
  const existing = await tx.package(shown.name.full);
  // A skill of which nothing can be had is not there.
  if (existing === undefined && work.fetched.length === 0) return;
  const found = existing ?? (await ensurePackage(tx, shown.name, { visibility: shown.visibility, at }));
  const plan = planSkill(await tx.versions(found.id), shown, work.trusted);
  const added = plan.missing.flatMap(({ version }) => work.fetched.filter((one) => one.version === version));
  await writeVersions(tx, found, { plan, added, at });
  const seen = await follow(tx, found, shown);
  const summary = summaryOf(plan, added);
  if (!seen && Object.keys(summary).length === 0) return;
  await settle(tx, { ...found, visibility: shown.visibility }, at);
  const detail = { from: work.trusted.url, ...summary };
  await audit(tx, MIRROR, { at, action: "mirror", subject: found.name, detail });
}

async function writeVersions(
  tx: MetadataWriter,
  { id }: Package,
  { plan, added, at }: { plan: SkillPlan; added: Version[]; at: string },
): Promise<void> {
  for (const version of added) await tx.putVersion(id, version);
  for (const { version, signature } of plan.resigned) await tx.setSignature(id, version, signature);
  for (const { version, message } of plan.deprecated) await tx.setDeprecated(id, version, message);
  for (const { version, quarantine } of plan.withdrawn) await tx.setQuarantine(id, version, quarantine);
  for (const version of plan.released) await tx.setQuarantine(id, version, null);
  for (const version of plan.buried) await tx.buryVersion(id, version, at);
}

/** Visibility and tags; true when something of them changed. */
async function follow(tx: MetadataWriter, found: Package, shown: Shown): Promise<boolean> {
  const wanted = await wantedTags(tx, found, shown);
  let changed = false;
  for (const { tag, version } of await tx.distTags(found.id)) {
    if (wanted.get(tag) === version) wanted.delete(tag);
    else {
      changed = true;
      if (!wanted.has(tag)) await tx.deleteDistTag(found.id, tag);
    }
  }
  for (const [tag, version] of wanted) {
    changed = true;
    await tx.setDistTag(found.id, { tag, version, manual: tag !== LATEST });
  }
  if (found.visibility === shown.visibility) return changed;
  await tx.setPackageVisibility(found.id, shown.visibility);
  return true;
}

/** Tags of versions that are here; `latest` goes to the best of them where its own is not. */
async function wantedTags(tx: MetadataWriter, found: Package, shown: Shown): Promise<Map<string, string>> {
  const versions = await tx.versions(found.id);
  const live = new Set(versions.filter(isLive).map(({ version }) => version));
  const tags = new Map(Object.entries(shown.tags).filter(([, version]) => live.has(version)));
  if (tags.has(LATEST)) return tags;
  const others = [...tags].map(([tag, version]) => ({ tag, version, manual: true }));
  const best = automaticLatest(versions, others);
  return best === undefined ? tags : tags.set(LATEST, best);
}

/** What was done, without what was not. */
function summaryOf(plan: SkillPlan, added: Version[]): Record<string, string[]> {
  const done = {
    added: added.map(({ version }) => version),
    unpublished: plan.buried,
    withdrawn: plan.withdrawn.map(({ version }) => version),
    released: plan.released,
    deprecated: plan.deprecated.map(({ version }) => version),
    signed: plan.resigned.map(({ version }) => version),
  };
  return Object.fromEntries(Object.entries(done).filter(([, versions]) => versions.length > 0));
}

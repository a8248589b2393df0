import { join } from "node:path";
import type { Issue } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { describeFailure } from "../failure.ts";
import { writeAtomically } from "../files.ts";
import { packAs, prepareDraft, type Draft } from "./draft.ts";
import { nextVersion } from "./next-version.ts";
import { putPackage, type NpmOptions } from "../registry/npm.ts";
import { withVersion, type Packed } from "./pack.ts";
import { planPublish, readPublished, type PublishWish } from "./plan-publish.ts";
import { withRunToken } from "./trusted-publishing.ts";

export { ACCESS } from "./plan-publish.ts";

export interface PublishRequest extends PublishWish {
  folder: string;
  /** `@acme`, for a folder without package.json. */
  scope: string | undefined;
}

export interface PublishedSkill {
  folder: string;
  name: string;
  version: string;
  action: "new" | "update" | "unchanged";
  /** The version it was compared with; null for a new skill. */
  previous: string | null;
  integrity: string;
  warnings: Issue[];
}

/** Version numbers tried in a row; more of them taken than this is no accident. */
const MOST_ATTEMPTS = 10;

/** Publishes one folder, if it holds anything that the registry does not have yet. */
export async function publishFolder(context: Context, request: PublishRequest): Promise<PublishedSkill> {
  const draft = await prepareDraft(request);
  const { name } = draft.manifest;
  const published = await readPublished(context, name, request);
  const plan = await planPublish(draft, published, request.bump);
  const result = { folder: request.folder, name, warnings: draft.warnings };
  if (plan.action === "unchanged") return { ...result, ...plan };
  const { action, previous } = plan;
  const isChosen = draft.versionFrom === "registry" || request.bump !== undefined;
  const again = isChosen ? { again: async () => "publish" as const } : {};
  const packed =
    request.mode === "check"
      ? plan.packed
      : await putPacked(context, plan.packed, { draft, options: published.options, ...again });
  if (request.mode === "publish") await writeVersion(packed, draft, request.folder);
  const { integrity, manifest } = packed;
  return { ...result, action, previous, version: manifest.version, integrity };
}

/** What is published besides the bytes. */
export interface Put {
  draft: Draft;
  options: NpmOptions;
  /**
   * Where we chose the version, and it is taken: whether the next one is to be tried. Somebody else may have published the same
   * skill in the meantime, or another that is not to be published over.
   */
  again?: () => Promise<"publish" | "stop">;
}

/**
 * Publishes, and where we chose the version goes on to the next one while it is taken: by somebody who was faster, or for
 * ever by a version that was unpublished, which packuments need not list. Gives what was published, or tried, in the end.
 */
export async function putPacked(
  context: Context,
  first: Packed,
  { draft, options, again }: Put,
): Promise<Packed> {
  const withToken = await withRunToken(context, draft.manifest.name, options);
  let packed = first;
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted();
    try {
      await putPackage(packed.manifest, packed.tarball, withToken);
      return packed;
    } catch (error) {
      const taken = describeFailure(error).code === "EVERSIONTAKEN";
      if (!taken || again === undefined || attempt === MOST_ATTEMPTS) throw error;
      if ((await again()) === "stop") return packed;
      packed = await packAs(draft, nextVersion(undefined, packed.manifest.version, "patch"));
    }
  }
}

/** package.json gets a bumped version only once it is published: a failed publish leaves the folder as it was. */
async function writeVersion({ manifest }: Packed, draft: Draft, folder: string): Promise<void> {
  const file = draft.entries.find(({ path }) => path === "package.json");
  if (file === undefined || manifest.version === draft.manifest.version) return;
  const text = withVersion(new TextDecoder().decode(file.data), manifest.version);
  await writeAtomically(join(folder, "package.json"), text);
}

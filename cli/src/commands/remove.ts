import { SkillsError } from "@skills-registry/schema";
import { doEach, partialFailure } from "../batch.ts";
import { refuseEdits } from "../install/clash.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { exclusively } from "../project/exclusive.ts";
import type { Placement } from "../install/placement.ts";
import { ownerOf, readLock, type Lock } from "../project/lockfile.ts";
import { planRemoval } from "../install/plan.ts";
import { findPlace } from "../project/project.ts";
import { applyTransaction, recover } from "../install/staging.ts";

export const command = defineCommand({
  description:
    "Removes packages with all their skills from every agent's folder, and from skills.lock. Nothing that was not installed by skills is touched, and no skill with local edits is deleted without --force.",
  positional: {
    name: "name",
    required: true,
    many: true,
    description: "Packages (@acme/name) or skills (name)",
  },
  options: {
    global: { type: "boolean", short: "g", description: "Remove from your home instead of the project" },
    force: { type: "boolean", description: "Remove skills with local edits too" },
  },
  examples: ["skills remove @acme/legal-documents", "skills remove legal-documents --global"],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    await recover(place, context.signal);
    const overwrite = options.force === true ? "edits" : "nothing";
    const batch = await doEach(context, args, (text) =>
      exclusively(place, context.signal, () => remove(context, text, { place, overwrite })),
    );
    return {
      json: { removed: batch.done, failed: batch.failed },
      lines: batch.done.map(({ package: name, version }) => `removed ${name}@${version}`),
      ...partialFailure(batch),
    };
  },
});

async function remove(
  { signal }: Context,
  text: string,
  { place, overwrite }: Pick<Placement, "place" | "overwrite">,
) {
  const { name, entry } = find(await readLock(place.lockFile), text);
  if (overwrite === "nothing") await refuseEdits(place, name, entry);
  const skills = Object.keys(entry.skills);
  const changes = await planRemoval(place, skills, entry);
  await applyTransaction({ place, packageName: name, entry: undefined, changes, signal });
  return { package: name, version: entry.version, skills };
}

/** By package, or by the name of one of its skills. */
function find(lock: Lock, text: string) {
  const name = Object.hasOwn(lock, text) ? text : ownerOf(lock, text);
  const entry = name === undefined ? undefined : lock[name];
  if (name === undefined || entry === undefined)
    throw new SkillsError("ENOTINSTALLED", `${text} is not installed here`);
  return { name, entry };
}

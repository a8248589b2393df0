import { SkillsError } from "@skills-registry/schema/basics";
import { defineCommand } from "../command.ts";
import { readLock } from "../project/lockfile.ts";
import { findPlace } from "../project/project.ts";
import { verifiedLines, verifyInstalled } from "../verify/verify.ts";

export const command = defineCommand({
  description:
    "Compares every installed file with skills.lock, and skills.lock with the registry: its signature of each version, the integrity, the digests and dependencies of what was published, which files can be run, and whether the version is still there or was deprecated, withdrawn or deleted. With --offline only the files. Changes nothing; the exit code is 1 when something is wrong.",
  positional: {
    name: "name",
    required: false,
    many: true,
    description: "Packages (@acme/name) or skills (name); everything by default",
  },
  options: {
    global: { type: "boolean", short: "g", description: "Verify your home instead of the project" },
  },
  examples: ["skills verify", "skills verify @acme/legal-documents --offline"],
  async run(context, { args, options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const offline = options.offline === true || (await context.npmOptions()).offline;
    const lock = await readLock(place.lockFile);
    const all = await verifyInstalled(context, { place, lock }, { names: args, offline });
    if (offline) context.note("note: no registry was asked; only files were compared with skills.lock");
    const wrong = all.filter(({ ok }) => !ok);
    return {
      json: { ok: wrong.length === 0, registry: !offline, packages: all },
      lines: all.length === 0 ? [`no skills installed in ${place.root}`] : verifiedLines(all),
      ...(wrong.length === 0
        ? {}
        : {
            failure: new SkillsError(
              "ESKILLWRONG",
              `${wrong.length} of ${all.length} packages are not as they should be`,
            ),
          }),
    };
  },
});

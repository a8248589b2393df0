import { relative, resolve } from "node:path";
import { parsePackageName, SkillsError, type PackageName } from "@skills-registry/schema/basics";
import { defineCommand, type Outcome } from "../command.ts";
import type { Context } from "../context.ts";
import { forkSkill, type Forked } from "../fork/fork.ts";
import { syncFork, type Synced } from "../fork/sync.ts";
import { ACCESS, publishFolder, type PublishedSkill } from "../publish/publish.ts";
import { parseSkillSpec } from "../registry/fetch-skill.ts";
import { counted } from "../terminal/format.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Makes a skill of your own from a published one, or from a pack: writes its files into a folder, ready to be edited and published, under the new name and at version 1.0.0. package.json remembers the origin under skill.forkedFrom, by which info and the page of the fork say how many versions it is behind. The licence and the authors stay; repository, bugs, homepage, scripts and publishConfig of the original do not. With --update it takes over what the origin has changed since: local edits are merged and never lost, and where both sides changed the same lines both stand in the file, between git's markers.",
  positional: {
    name: "spec",
    required: false,
    many: false,
    description:
      "A skill: @acme/name, with @version, @range or @tag. With --update the folder of a fork, the current one by default",
    second: { name: "name", description: "Name of the fork: @me/name" },
    third: {
      name: "dir",
      description: "Folder to write, named after the fork by default; it must not be there",
    },
  },
  options: {
    publish: { type: "boolean", description: "Publish the fork at once" },
    access: {
      type: "string",
      value: "who",
      choices: ACCESS,
      description: "Who sees the published fork; that of a restricted skill is restricted",
    },
    update: { type: "boolean", description: "Take over the newest version of the origin" },
    "dry-run": { type: "boolean", description: "With --update: say what would change, and change nothing" },
  },
  examples: [
    "skills fork @acme/legal-documents @me/legal-documents",
    "skills fork @acme/legal-documents@^1 @me/contracts ./contracts --publish",
    "skills fork --update",
  ],
  async run(context, { args, options }) {
    const access = ACCESS.find((who) => who === options.access);
    if (options.update === true) {
      if (args.length > 1) throw usageError(`"${args[1]}" is one argument too many`);
      if (options.publish === true)
        throw usageError("--update does not publish: look at the changes, then run skills publish");
      return update(context, args[0] ?? ".", options["dry-run"] === true ? "check" : "write");
    }
    if (options["dry-run"] === true) throw usageError("--dry-run goes with --update");
    const { spec, name, dir } = parseNames(args);
    const wish = { spec: await parseSkillSpec(spec), name, folder: resolve(context.cwd, dir) };
    if (wish.spec.name === name.full) throw usageError("a fork needs a name of its own");
    const forked = await forkSkill(context, wish);
    const lines = [lineOf(context, forked)];
    noteRestricted(context, forked, { published: options.publish === true, access });
    if (options.publish !== true) return { json: forked, lines };
    const published = await publishFork(context, forked, access);
    lines.push(`published ${published.name}@${published.version}`);
    return { json: { ...forked, published }, lines };
  },
});

function parseNames(args: string[]): { spec: string; name: PackageName; dir: string } {
  const [spec, text, dir] = args;
  if (spec === undefined || text === undefined)
    throw usageError("name the skill and the fork: skills fork @acme/name @me/name");
  const name = parsePackageName(text);
  if (name === undefined) throw usageError(`"${text}" is not the name of a skill; one looks like @me/name`);
  return { spec, name, dir: dir ?? name.skill };
}

function lineOf(context: Context, { name, forkedFrom, folder }: Forked): string {
  return `forked ${forkedFrom.name}@${forkedFrom.version} as ${name} → ${relative(context.cwd, folder)}`;
}

/** The fork of a restricted skill is restricted, unless `--access` says otherwise. */
async function publishFork(
  context: Context,
  { folder, visibility }: Forked,
  access: (typeof ACCESS)[number] | undefined,
): Promise<PublishedSkill> {
  const wish = { folder, scope: undefined, bump: undefined, tag: undefined, mode: "publish" as const };
  try {
    const restricted = visibility === "restricted" ? "restricted" : undefined;
    return await publishFolder(context, { ...wish, access: access ?? restricted });
  } catch (error) {
    const shown = relative(context.cwd, folder);
    context.note(`the fork is in ${shown}, but not published: try again with skills publish ${shown}`);
    throw error;
  }
}

/** What only some may read is not to become everybody's by accident. */
function noteRestricted(
  context: Context,
  { forkedFrom, visibility }: Forked,
  { published, access }: { published: boolean; access: string | undefined },
): void {
  if (visibility !== "restricted" || (published && access !== "public")) return;
  context.note(
    `warning: ${forkedFrom.name} is restricted: publish the fork with --access restricted, unless its owners agree to more`,
  );
}

async function update(context: Context, dir: string, mode: "check" | "write"): Promise<Outcome> {
  const synced = await syncFork(context, resolve(context.cwd, dir), mode);
  const open = synced.files.filter(({ action }) => action === "marked" || action === "kept");
  const conflicts = open.length + synced.fields.length;
  return {
    json: { dryRun: mode === "check", ...synced },
    lines: syncLines(synced, mode),
    ...(conflicts === 0 || mode === "check" ? {} : { failure: undecided(conflicts) }),
  };
}

function undecided(conflicts: number): SkillsError {
  return new SkillsError("EPARTIAL", `${counted(conflicts, "change")} of the origin met changes of yours`, {
    hint: "Edit what is between <<<<<<< and >>>>>>>, and look at what was kept, before you publish.",
  });
}

const ACTIONS: Record<Synced["files"][number]["action"], string> = {
  added: "added",
  changed: "changed",
  removed: "removed",
  merged: "merged with your edits",
  marked: "conflict: both versions are in the file",
  kept: "conflict: yours was kept",
};

function syncLines({ name, origin, from, to, files, fields }: Synced, mode: "check" | "write"): string[] {
  if (from === to) return [`${name} is up to date with ${origin} ${to}`];
  const verb = mode === "check" ? "would take" : "took";
  return [
    `${name} ${verb} over ${origin} ${from} → ${to}`,
    ...files.map(({ path, action }) => `  ${path}  ${ACTIONS[action]}`),
    ...fields.map((field) => `  package.json ${field}  conflict: yours was kept`),
  ];
}

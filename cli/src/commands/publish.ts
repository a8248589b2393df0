import { relative, resolve } from "node:path";
import { formatIssue } from "@skills-registry/schema/basics";
import { doEach, partialFailure } from "../batch.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { expandFolder } from "../publish/folder.ts";
import { BUMPS } from "../publish/next-version.ts";
import { ACCESS, publishFolder, type PublishedSkill } from "../publish/publish.ts";
import { findWorkspaces } from "../publish/workspaces.ts";
import { optionalScope } from "../registry/scope.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Publishes each folder whose content the registry does not have yet. A folder with package.json is published under the name and version it says. One without gets its name from SKILL.md and --scope, and its version from the registry: 1.0.0 first, then a patch above the last. A folder that holds several skills publishes each of them.",
  positional: {
    name: "dir",
    required: false,
    many: true,
    description: "Folders of skills; the current one by default",
  },
  options: {
    scope: { type: "string", value: "namespace", description: "Namespace for folders without package.json" },
    bump: {
      type: "string",
      value: "part",
      choices: BUMPS,
      description: "Publish changes above the highest version, and write the new one into package.json",
    },
    tag: { type: "string", value: "tag", description: "Dist-tag to publish under instead of latest" },
    access: {
      type: "string",
      value: "who",
      choices: ACCESS,
      description:
        "Who sees a new skill: everybody, or those with a right to it; its namespace says it otherwise",
    },
    workspaces: {
      type: "boolean",
      description:
        "Publish the npm workspaces of this folder that are skills, those that others depend on first; private ones are left out",
    },
    workspace: {
      type: "string",
      short: "w",
      multiple: true,
      value: "name",
      description: "Publish this workspace, by name or folder; may be repeated",
    },
    "dry-run": { type: "boolean", description: "Do everything but the publish" },
  },
  examples: [
    "skills publish",
    "skills publish skills/* --scope @acme",
    "skills publish --bump minor --dry-run",
    "skills publish --workspaces",
  ],
  async run(context, { args, options }) {
    const scope = optionalScope(options.scope);
    const bump = BUMPS.find((part) => part === options.bump);
    const access = ACCESS.find((who) => who === options.access);
    const mode = options["dry-run"] === true ? "check" : "publish";
    const wanted = options.workspaces === true ? [] : options.workspace;
    const folders =
      wanted === undefined
        ? await namedFolders(context, args)
        : await workspaceFolders(context, args, wanted);
    const shown = folders.map((folder) => relative(context.cwd, folder) || ".");
    const batch = await doEach(context, shown, async (folder) => {
      const absolute = resolve(context.cwd, folder);
      const published = await publishFolder(context, {
        folder: absolute,
        scope,
        bump,
        tag: options.tag,
        access,
        mode,
      });
      for (const warning of published.warnings) context.note(`warning: ${formatIssue(warning)}`);
      return { ...published, folder };
    });
    const summary = folders.length > 1 ? [summaryOf(batch.done)] : [];
    return {
      json: { dryRun: mode === "check", published: batch.done, failed: batch.failed },
      lines: [...batch.done.map((skill) => lineOf(skill, mode)), ...summary],
      ...partialFailure(batch),
    };
  },
});

async function namedFolders({ cwd }: Context, args: string[]): Promise<string[]> {
  const given = args.length === 0 ? ["."] : args;
  return (await Promise.all(given.map((arg) => expandFolder(resolve(cwd, arg))))).flat();
}

async function workspaceFolders(context: Context, args: string[], wanted: string[]): Promise<string[]> {
  if (args.length > 0) throw usageError("name either folders, or workspaces with --workspace");
  return findWorkspaces(context, wanted);
}

function lineOf({ action, name, version, previous }: PublishedSkill, mode: "publish" | "check"): string {
  const would = mode === "check" && action !== "unchanged" ? "would publish " : "";
  if (action === "unchanged") return `unchanged ${name}@${version}, nothing to publish`;
  return action === "new"
    ? `${would}new ${name}@${version}`
    : `${would}update ${name} ${previous} → ${version}`;
}

function summaryOf(published: PublishedSkill[]): string {
  const count = (action: PublishedSkill["action"]) =>
    published.filter((skill) => skill.action === action).length;
  return `${count("new")} new, ${count("update")} updated, ${count("unchanged")} unchanged`;
}

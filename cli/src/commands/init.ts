import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FIRST_VERSION, SKILL_KEYWORD, SkillsError, isSkillName, slugify } from "@skills-registry/schema";
import { defineCommand } from "../command.ts";
import { usageError } from "../usage-error.ts";
import { exists } from "../files.ts";
import { parseScope } from "../registry/scope.ts";

export const command = defineCommand({
  description:
    "Writes a SKILL.md to start from, named after the folder. With --scope also a package.json, so that npm publish works in it. Never overwrites a file.",
  positional: {
    name: "dir",
    required: false,
    many: false,
    description: "Folder of the new skill; the current one by default",
  },
  options: {
    scope: { type: "string", value: "namespace", description: "Namespace; writes a package.json as well" },
  },
  examples: ["skills init legal-documents", "skills init legal-documents --scope @acme"],
  async run(context, { args, options }) {
    const folder = resolve(context.cwd, args[0] ?? ".");
    const name = skillName(folder, options.scope);
    const files = new Map([["SKILL.md", skillText(name)]]);
    if (options.scope !== undefined) files.set("package.json", packageText(parseScope(options.scope), name));
    for (const file of files.keys()) {
      if (await exists(join(folder, file)))
        throw new SkillsError("ESKILLCLASH", `${join(folder, file)} is there already`);
    }
    await mkdir(folder, { recursive: true });
    for (const [file, text] of files) await writeFile(join(folder, file), text, { flag: "wx" });
    const written = [...files.keys()].map((file) => join(args[0] ?? ".", file));
    return { json: { name, files: written }, lines: written.map((file) => `wrote ${file}`) };
  },
});

/** Without package.json the folder's name must be the skill's; with one, any folder will do. */
function skillName(folder: string, scope: string | undefined): string {
  const name = slugify(basename(folder));
  if (!isSkillName(name)) throw usageError(`no skill can be named after the folder "${basename(folder)}"`);
  if (scope === undefined && name !== basename(folder)) {
    throw usageError(`a skill's folder is named like ${name}: run skills init ${name}, or give a --scope`);
  }
  return name;
}

function skillText(name: string): string {
  const title = name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
  return `---
name: ${name}
description: Say what this skill does and when an agent should use it, in words that a user would say.
license: UNLICENSED
---

# ${title}

## When to use

Name the situations and the requests that call for this skill, and those that look similar but do not.

## Steps

1. Write one instruction per step, as you would for a capable colleague who is new here.
2. Put long reference material into references/ and scripts into scripts/, and say here when to read or run them.

## Check the result

Say how to tell that it worked.
`;
}

function packageText(scope: string, name: string): string {
  const manifest = {
    name: `${scope}/${name}`,
    version: FIRST_VERSION,
    description: `The ${name} skill`,
    license: "UNLICENSED",
    keywords: [SKILL_KEYWORD],
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

import { basename, join, relative, resolve } from "node:path";
import { SkillsError, fixSkill, formatIssue, isError, type Issue } from "@skills-registry/schema";
import { doEach, partialFailure } from "../batch.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { expandFolder, readFolder } from "../publish/folder.ts";
import { inspectFolder } from "../publish/inspect-folder.ts";

interface Validated {
  folder: string;
  valid: boolean;
  skills: string[];
  issues: Issue[];
  /** Findings that package.json waives with `skill.allow`. */
  waived: Issue[];
  fixed: string[];
}

export const command = defineCommand({
  description:
    "Checks skills by the rules that the registry applies at a publish. Errors would refuse it, warnings would not. A folder that holds several skills is checked skill by skill.",
  positional: {
    name: "dir",
    required: false,
    many: true,
    description: "Folders of skills; the current one by default",
  },
  options: {
    fix: {
      type: "boolean",
      description: "Repair what is mechanical in the frontmatter of SKILL.md, and touch nothing else",
    },
  },
  examples: ["skills validate", "skills validate skills/* --fix"],
  async run(context, { args, options }) {
    const given = args.length === 0 ? ["."] : args;
    const folders = (await Promise.all(given.map((arg) => expandFolder(resolve(context.cwd, arg))))).flat();
    const shown = folders.map((folder) => relative(context.cwd, folder) || ".");
    const batch = await doEach(context, shown, async (folder): Promise<Validated> => {
      const absolute = resolve(context.cwd, folder);
      const fixed = options.fix === true ? await fix(absolute) : [];
      return { ...(await validate(absolute)), folder, fixed };
    });
    const { done: skills, failed } = batch;
    const invalid = skills.filter(({ valid }) => !valid);
    return {
      json: { skills, failed },
      lines: skills.flatMap(linesOf),
      ...partialFailure(batch),
      ...(invalid.length === 0 ? {} : { failure: invalidError(invalid.length, shown.length) }),
    };
  },
});

async function validate(folder: string): Promise<Omit<Validated, "folder" | "fixed">> {
  const { skills, issues, waived } = await inspectFolder(await readFolder(folder), folder);
  const valid = !issues.some(isError);
  return { valid, skills: skills.map(({ manifest }) => manifest.name), issues, waived };
}

async function fix(folder: string): Promise<string[]> {
  const fixes = fixSkill(await readFolder(folder), basename(folder));
  for (const { path, text } of fixes) await writeAtomically(join(folder, path), text);
  return fixes.flatMap(({ path, changes }) => changes.map((change) => `${path}: ${change}`));
}

function linesOf({ folder, valid, issues, waived, fixed }: Validated): string[] {
  const found = issues.map((issue) => `  ${issue.severity} ${formatIssue(issue)}`);
  const accepted = waived.map((issue) => `  waived ${formatIssue(issue)}`);
  return [
    `${valid ? "valid" : "invalid"} ${folder}`,
    ...fixed.map((text) => `  fixed ${text}`),
    ...found,
    ...accepted,
  ];
}

function invalidError(invalid: number, total: number): SkillsError {
  return new SkillsError(
    "ESKILLINVALID",
    total === 1 ? "the skill is not valid" : `${invalid} of ${total} skills are not valid`,
    {
      hint: "skills validate --fix repairs what is mechanical.",
    },
  );
}

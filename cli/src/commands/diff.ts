import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import { describeChange, type Side } from "../diff/describe-change.ts";
import { givenSide, isFolder, sidesHere } from "../diff/sides.ts";
import { readLock } from "../project/lockfile.ts";
import { findPlace } from "../project/project.ts";
import { span } from "../terminal/line.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Shows what differs between two versions, two skills, or a folder and a version: first what the second can newly do, then the files, line by line. With one skill and no version, it shows the local edits of what is installed; with one version, what an update to it would change here. Changes nothing. The exit code is 0 whether something differs or not.",
  positional: {
    name: "spec",
    required: true,
    many: false,
    description:
      "A package: @acme/name, with @version, @range or @tag, or an installed skill (name); with two of them also a folder: ./name",
    second: { name: "other", description: "What it is compared with, in the same way" },
  },
  options: {
    stat: { type: "boolean", description: "Names the files that differ, without their lines" },
    global: {
      type: "boolean",
      short: "g",
      description: "Compare what is in your home instead of the project",
    },
  },
  examples: [
    "skills diff @acme/legal-documents",
    "skills diff @acme/legal-documents@latest",
    "skills diff @acme/legal-documents@1.0.0 @acme/legal-documents@2.0.0 --stat",
    "skills diff @acme/legal-documents ./legal-documents",
  ],
  async run(context, { args: [first = "", second], options }) {
    const scope = options.global === true ? "global" : "project";
    const [before, after] =
      second === undefined
        ? await oneSpec(context, first, scope)
        : await Promise.all([givenSide(context, first), givenSide(context, second)]);
    const { json, lines } = await describeChange(before, after, options.stat === true ? "files" : "patch");
    return { json, lines: [[span(`${before.label} → ${after.label}`, "name")], ...lines] };
  },
});

async function oneSpec(context: Context, text: string, scope: "project" | "global"): Promise<[Side, Side]> {
  if (isFolder(text))
    throw usageError(`name the skill that ${text} is compared with, as in skills diff @acme/name ${text}`);
  const place = await findPlace(context, scope);
  return sidesHere(context, text, { place, lock: await readLock(place.lockFile) });
}

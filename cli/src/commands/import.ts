import { defineCommand, type Outcome } from "../command.ts";
import type { Context } from "../context.ts";
import { importFailure, importLines } from "../import/import-lines.ts";
import { prepareImport, type ImportPlan } from "../import/import.ts";
import type { Row } from "../import/plan.ts";
import { publishImport } from "../import/publish-import.ts";
import { chooseRef, parseFolder, parseSource } from "../import/source.ts";
import { ACCESS } from "../publish/publish.ts";
import { parseScope } from "../registry/scope.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Finds every skill in a repository, folder, archive or site, shows what is new, changed, unchanged or invalid, and publishes what is new or has changed under a namespace. Each version keeps where it comes from: repository, commit and folder. Run again, it publishes only what has changed upstream. At a terminal it asks once before it publishes; without one it goes ahead, as publish does, and --dry-run only shows. A skill that is in the registry and was not imported from the same folder of the same repository is left alone.",
  positional: {
    name: "source",
    required: true,
    many: false,
    description:
      "A git address (https, ssh, git@host:path, file), github:owner/repo or gitlab:group/repo with #branch where needed, a folder, a .tgz or .zip as file or address, or a site that offers /.well-known/agent-skills",
  },
  options: {
    namespace: { type: "string", short: "n", value: "@acme", description: "Namespace to publish under" },
    select: {
      type: "string",
      multiple: true,
      value: "a,b",
      description: "Only these skills, by name or by folder; all otherwise",
    },
    path: { type: "string", value: "folder", description: "Look only below this folder of the source" },
    ref: { type: "string", value: "ref", description: "Branch, tag or commit of the repository" },
    fix: {
      type: "boolean",
      description: "Repair what is mechanical in the copy that is imported, and say what",
    },
    force: {
      type: "boolean",
      description: "Publish over skills that were published by hand, or imported from elsewhere",
    },
    access: {
      type: "string",
      value: "who",
      choices: ACCESS,
      description:
        "Who sees a new skill: everybody, or those with a right to it; its namespace says it otherwise",
    },
    "dry-run": { type: "boolean", description: "Show what would be published, and publish nothing" },
    yes: { type: "boolean", short: "y", description: "Do not ask before publishing" },
  },
  examples: [
    "skills import github:acme/skills --namespace @acme --dry-run",
    "skills import https://git.example.com/team/skills.git --namespace @acme --ref v2 --select legal-documents",
    "skills import ./skills --namespace @acme --fix",
  ],
  async run(context, { args, options }) {
    const source = parseSource(args[0] ?? "");
    const ref = chooseRef(options.ref, source);
    const mode = options["dry-run"] === true ? "check" : "publish";
    const plan = await prepareImport(context, {
      source,
      ref,
      folder: parseFolder(options.path ?? ""),
      namespace: await chooseNamespace(context, options.namespace),
      select: parseSelect(options.select ?? []),
      access: ACCESS.find((who) => who === options.access),
      fix: options.fix === true,
      force: options.force === true,
      mode,
    });
    const isWanted = mode === "publish" && (options.yes === true || (await confirmed(context, plan)));
    if (!isWanted) return outcome(context, plan, { rows: rowsOf(plan), did: "would" });
    return outcome(context, plan, { rows: await publishImport(context, plan), did: "did" });
  },
});

/** An empty list is a variable that somebody forgot to set, and does not mean everything. */
function parseSelect(lists: string[]): string[] {
  const names = lists.flatMap((list) => list.split(",")).filter((name) => name !== "");
  if (lists.length > 0 && names.length === 0)
    throw usageError("--select names nothing; leave it out to import everything");
  return names;
}

async function chooseNamespace(context: Context, option: string | undefined): Promise<string> {
  if (option !== undefined) return parseScope(option);
  if (context.quiet)
    throw usageError("name the namespace to publish under with --namespace, as in --namespace @acme");
  const { askText } = await import("../terminal/prompt.ts");
  return parseScope(await askText(context, "Namespace to publish under, as @acme"));
}

/** Shows what would be published, and asks. Nobody is asked without a terminal, nor for nothing. */
async function confirmed(context: Context, plan: ImportPlan): Promise<boolean> {
  const count = plan.items.filter(({ todo }) => todo !== undefined).length;
  if (context.quiet || count === 0) return true;
  for (const line of importLines(rowsOf(plan), context.streams.columns, "would")) context.note(line);
  const { askYes } = await import("../terminal/prompt.ts");
  return askYes(context, `Publish ${count === 1 ? "this skill" : `these ${count} skills`}?`);
}

function rowsOf({ items }: ImportPlan): Row[] {
  return items.map(({ row }) => row);
}

function outcome(
  { streams }: Context,
  { origin }: ImportPlan,
  { rows, did }: { rows: Row[]; did: "did" | "would" },
): Outcome {
  const failure = importFailure(rows);
  const { repository, commit = null, path } = origin;
  return {
    json: { dryRun: did === "would", source: { repository, commit, path }, skills: rows },
    lines: importLines(rows, streams.columns, did),
    ...(failure === undefined ? {} : { failure }),
  };
}

import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import type { Candidate } from "../migrate/candidates.ts";
import { findOldLocks } from "../migrate/find-locks.ts";
import { migrate } from "../migrate/migrate.ts";
import { putBackLeft } from "../migrate/moved-aside.ts";
import { importLine, propose, type Proposal } from "../migrate/propose.ts";
import { proposalLines } from "../migrate/proposal-lines.ts";
import { findPlace } from "../project/project.ts";
import { optionalScope } from "../registry/scope.ts";
import { askMany } from "../terminal/prompt.ts";

export const command = defineCommand({
  description:
    "Moves a project here from another tool: reads a skills-lock.json or .agents/.skill-lock.json of the skills package, a .clawhub folder, or the array under skills in package.json, and proposes the same skills from this registry. Each is compared with the files that are installed: the same, different, or missing, with the command that would bring it here. A terminal asks which to add; --yes adds those in --namespace, and those with the very same files at that very version, never what only has the same name. The files of the other tool stay as they are.",
  positional: {
    name: "dir",
    required: false,
    many: false,
    description: "Folder with the other tool's files; the current one by default",
  },
  options: {
    namespace: {
      type: "string",
      value: "namespace",
      description: "Namespace whose skills are meant, before those of the same name elsewhere",
    },
    global: { type: "boolean", short: "g", description: "Migrate what is installed in your home" },
    yes: { type: "boolean", short: "y", description: "Add what is recommended, without a question" },
    "dry-run": { type: "boolean", description: "Only say what is proposed" },
    force: {
      type: "boolean",
      description: "Take over folders that hold other files, too; a copy of each is kept",
    },
  },
  examples: ["skills migrate --dry-run", "skills migrate --namespace @acme", "skills migrate --global --yes"],
  async run(context, { args, options }) {
    const namespace = optionalScope(options.namespace);
    const overwrite = options.force === true ? "all" : "same";
    const root = options.global === true ? context.home : resolve(context.cwd, args[0] ?? ".");
    const old = await findOldLocks(root, options.global === true ? context.env["XDG_STATE_HOME"] : undefined);
    const place = await findPlace({ ...context, cwd: root }, options.global === true ? "global" : "project");
    if (options["dry-run"] !== true) await putBackLeft(context, place);
    const proposals = await propose(context, old, { place, root, namespace, overwrite });
    const repositories = old.repositories.map((source) => importLine(source, namespace));
    const report = proposalLines({ proposals, repositories, files: old.files });
    const mode =
      options["dry-run"] === true ? "show" : options.yes === true ? "add" : context.quiet ? "show" : "ask";
    // Whoever is asked has to see the proposal first; nobody has to see it twice.
    if (mode === "ask") for (const line of report) context.note(line);
    const chosen = await choose(context, proposals, mode);
    const done =
      chosen.length === 0
        ? { skills: [], lines: [] }
        : await migrate(context, place, { chosen, isAsked: mode === "ask", overwrite });
    return {
      json: { files: old.files, proposals, repositories, skills: done.skills },
      lines: [
        ...(mode === "ask" ? [] : report),
        ...done.lines,
        ...(done.skills.length === 0 ? undone(proposals, mode) : [leftLine(old.files)]),
      ],
    };
  },
});

async function choose(
  context: Context,
  proposals: Proposal[],
  mode: "show" | "add" | "ask",
): Promise<Candidate[]> {
  const open = proposals.flatMap(({ name, state, candidate, recommended }) =>
    state === "installed" || candidate === null ? [] : [{ name, candidate, recommended }],
  );
  const recommended = open.filter((proposal) => proposal.recommended);
  if (mode === "show" || open.length === 0) return [];
  if (mode === "add") return recommended.map(({ candidate }) => candidate);
  const names = await askMany(context, "Which of them are to be added?", {
    all: open.map(({ name, candidate }) => ({ value: name, label: `${name}: ${candidate.package}` })),
    preset: recommended.map(({ name }) => name),
  });
  return open.filter(({ name }) => names.includes(name)).map(({ candidate }) => candidate);
}

function undone(proposals: Proposal[], mode: "show" | "add" | "ask"): string[] {
  const isReady = mode === "show" && proposals.some(({ recommended }) => recommended);
  return ["", isReady ? "nothing was changed; --yes adds what is marked with +" : "nothing was changed"];
}

function leftLine(files: readonly string[]): string {
  return `left as it was: ${files.join(", ")}; remove it when the other tool is not used any more`;
}

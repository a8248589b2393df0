import { type PackageName, parsePackageName, SkillsError } from "@skills-registry/schema";
import semver from "semver";
import { quarantine, release } from "../registry/quarantine.ts";
import { argument, type Command, type CommandContext, type Outcome } from "./command.ts";

/** Versions that nobody is to have. */
export const versionCommands: Command[] = [
  {
    usage: "admin quarantine <skill@version>",
    summary: "Takes a version away from everybody, and tells readers why. Its bytes are kept.",
    options: { reason: { value: "text", required: true, summary: "one line, shown to whoever asks for it" } },
    run: withdraw,
  },
  {
    usage: "admin release <skill@version>",
    summary: "Gives a version in quarantine back as it was.",
    run: giveBack,
  },
];

async function withdraw(context: CommandContext): Promise<Outcome> {
  const { parts, caller, by, options } = context;
  const target = targetOf(context);
  const reason = options["reason"] ?? "";
  await quarantine(parts, caller, { ...target, reason, detail: { by } });
  const id = `${target.name.full}@${target.version}`;
  return {
    text: `${id} is in quarantine\n`,
    json: { name: target.name.full, version: target.version, reason },
  };
}

async function giveBack(context: CommandContext): Promise<Outcome> {
  const { parts, caller, by } = context;
  const { name, version } = targetOf(context);
  await release(parts, caller, { name, version, detail: { by } });
  return { text: `${name.full}@${version} is released\n`, json: { name: name.full, version } };
}

function targetOf(context: CommandContext): { name: PackageName; version: string } {
  const text = argument(context, "skill@version");
  const at = text.lastIndexOf("@");
  const name = parsePackageName(text.slice(0, at));
  const version = semver.valid(text.slice(at + 1));
  if (at > 0 && name !== undefined && version !== null) return { name, version };
  throw new SkillsError("EUSAGE", `"${text.slice(0, 100)}" is not a version of a skill`, {
    hint: "Name it with its number: @acme/legal-documents@1.0.0",
  });
}

import { printable } from "@skills-registry/schema";
import type { Command, CommandContext, Outcome } from "./command.ts";

export const verifyCommand: Command = {
  usage: "verify",
  summary:
    "Verifies that every version has its tarball, and every tarball its digest; signatures, tags, search and the audit log, too. Ends with 1 when something is wrong.",
  options: {
    fast: { summary: "tarballs are looked for, and not read" },
    repair: { summary: "removes tarballs that no version needs, and indexes what search does not show" },
  },
  run: verifyRegistry,
};

async function verifyRegistry(context: CommandContext): Promise<Outcome> {
  const { parts, flags, progress } = context;
  const [fast, repair] = [flags.has("fast"), flags.has("repair")];
  const blobs = await context.blobs();
  const { verify } = await import("../moving/verify.ts");
  const verdict = await verify({ parts: { ...parts, blobs }, fast, repair, progress });
  const { skills, versions, problems, orphans, repaired } = verdict;
  const lines = [
    ...problems.map(({ subject, problem }) => `${printable(subject)}: ${problem}`),
    `${skills} skills, ${versions} versions; ${problems.length === 0 ? "nothing" : problems.length} wrong`,
    `${orphans.digests.length} tarballs that no version needs (${orphans.bytes} bytes)`,
    ...(repaired === undefined
      ? []
      : [`${repaired.swept} of them removed, ${repaired.indexed} skills indexed`]),
  ];
  return {
    text: `${lines.join("\n")}\n`,
    json: verdict,
    ...(problems.length > 0 ? { failed: true as const } : {}),
  };
}

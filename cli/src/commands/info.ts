import { defineCommand } from "../command.ts";
import { parseSkillSpec } from "../registry/fetch-skill.ts";
import { optionsFor } from "../registry/registry.ts";
import { findInfo } from "../find/skill-info.ts";
import { infoLines } from "../find/skill-info-lines.ts";

export const command = defineCommand({
  description:
    "Shows one version of a skill, the latest by default: licence, publisher, downloads and likes, size, what it costs an agent's context, the warnings of the validator, and what other versions and tags there are.",
  positional: {
    name: "spec",
    required: true,
    many: false,
    description: "A skill: @acme/name, with @version, @range or @tag",
  },
  options: {},
  examples: ["skills info @acme/legal-documents", "skills info @acme/legal-documents@^1 --json"],
  async run(context, { args }) {
    const spec = await parseSkillSpec(args[0] ?? "");
    const info = await findInfo(spec, await optionsFor(context, spec.scope));
    return { json: info, lines: infoLines(info, new Date()) };
  },
});

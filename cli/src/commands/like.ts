import { SkillsError } from "@skills-registry/schema/basics";
import { setLike } from "../registry/api.ts";
import { defineCommand } from "../command.ts";
import { parseSkillSpec } from "../registry/fetch-skill.ts";
import { counted } from "../terminal/format.ts";
import { findPackument, optionsFor } from "../registry/registry.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Tells the registry that you like a skill, as npm star does: once per account. Needs a login. Prints how many like it.",
  positional: { name: "spec", required: true, many: false, description: "A skill: @acme/name" },
  options: { remove: { type: "boolean", description: "Take your like back" } },
  examples: ["skills like @acme/legal-documents", "skills like @acme/legal-documents --remove"],
  async run(context, { args, options: { remove } }) {
    const spec = await parseSkillSpec(args[0] ?? "");
    if (spec.wanted !== "*") throw usageError("a like is for a skill, not for one version of it");
    const options = await optionsFor(context, spec.scope);
    const answer = await setLike(spec.parts, remove === true ? "unlike" : "like", options);
    if (answer === undefined) {
      if ((await findPackument(spec.name, options)) === undefined)
        throw new SkillsError("ENOTFOUND", `there is no skill ${spec.name}, or you may not read it`);
      throw new SkillsError("EREGISTRY", `${options.registry} keeps no likes`);
    }
    const { likes, liked } = answer;
    return {
      json: { name: spec.name, likes, liked },
      lines: [`${liked ? "you like" : "you do not like"} ${spec.name}: ${counted(likes, "like")}`],
    };
  },
});

import { SkillsError } from "@skills-registry/schema/basics";
import { openBrowser } from "../terminal/browser.ts";
import { defineCommand } from "../command.ts";
import { parseSkillSpec } from "../registry/fetch-skill.ts";
import { optionsFor } from "../registry/registry.ts";
import { findInfo } from "../find/skill-info.ts";

export const command = defineCommand({
  description:
    "Opens the page of a skill in your browser and prints its address. Only prints it with --json and where there is no terminal.",
  positional: {
    name: "spec",
    required: true,
    many: false,
    description: "A skill: @acme/name, with @version, @range or @tag",
  },
  options: {},
  examples: ["skills open @acme/legal-documents", "skills open @acme/legal-documents@1.0.0"],
  async run(context, { args }) {
    const spec = await parseSkillSpec(args[0] ?? "");
    const options = await optionsFor(context, spec.scope);
    const { name, version, page } = await findInfo(spec, options);
    if (page === null) throw new SkillsError("EREGISTRY", `${options.registry} has no pages of skills`);
    if (!context.quiet && !(await openBrowser(context, page)))
      context.note("no browser could be opened: open the address yourself");
    return { json: { name, version, page }, lines: [page] };
  },
});

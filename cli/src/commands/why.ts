import { defineCommand } from "../command.ts";
import { readState } from "../install/state.ts";
import { findPlace } from "../project/project.ts";
import { whyInstalled, whyLines } from "../tree/why.ts";

export const command = defineCommand({
  description:
    "Says why a package is installed: which wish of skills.json, or which packages that build on it, bring it in, every way with its ranges. Changes nothing and asks no registry.",
  positional: {
    name: "name",
    required: true,
    many: false,
    description: "A package (@acme/name) or a skill (name)",
  },
  options: {
    global: { type: "boolean", short: "g", description: "Look in your home instead of the project" },
  },
  examples: ["skills why @acme/legal-documents"],
  async run(context, { args: [text = ""], options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const why = whyInstalled(text, await readState(place));
    return { json: why, lines: whyLines(why) };
  },
});

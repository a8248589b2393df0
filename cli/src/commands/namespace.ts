import { defineCommand } from "../command.ts";
import { NAMESPACE_ACTIONS, takes } from "../identity/namespace-actions.ts";
import { usageError } from "../usage-error.ts";

/** Without angle brackets, which docs/cli.md would show as nothing. */
const usages = Object.entries(NAMESPACE_ACTIONS).map(([name, { usage }]) =>
  `${name} ${usage.replace(/[<>]/g, "")}`.trim(),
);

export const command = defineCommand({
  description:
    "Runs namespaces: makes an org, says who belongs to it, and moves skills. Roles are owner (runs it), maintainer (publishes) and member (reads its restricted skills); a group of an identity provider can have one, and none ends it. After a rename or a move, readers of the old names are sent on, and the old names stay taken. Teams are managed with npm team.",
  positional: {
    name: "action",
    required: true,
    many: true,
    description: `One of: ${usages.join(" · ")}`,
  },
  options: {},
  examples: [
    "skills namespace create acme",
    "skills namespace set acme zoe maintainer",
    "skills namespace group acme github acme/legal maintainer",
    "skills namespace group acme github acme/legal none",
    "skills namespace visibility acme restricted",
    "skills namespace rename acme acme-inc",
    "skills namespace move @zoe/legal-documents acme",
  ],
  async run(context, { args: [name = "", ...args] }) {
    const action = Object.hasOwn(NAMESPACE_ACTIONS, name) ? NAMESPACE_ACTIONS[name] : undefined;
    if (action === undefined) {
      throw usageError(`"${name}" is not one of ${Object.keys(NAMESPACE_ACTIONS).join(", ")}`);
    }
    if (!takes(action, args.length)) {
      throw usageError(`usage: skills namespace ${`${name} ${action.usage}`.trim()}`);
    }
    return await action.run(context, args);
  },
});

import { defineCommand } from "../command.ts";
import { optionsFor, whoami } from "../registry/registry.ts";
import { optionalScope } from "../registry/scope.ts";

export const command = defineCommand({
  description: "Prints the name of the account that your token for the registry belongs to.",
  options: {
    scope: {
      type: "string",
      value: "namespace",
      description: "Ask the registry that .npmrc names for this namespace",
    },
  },
  examples: ["skills whoami"],
  async run(context, { options }) {
    const registry = await optionsFor(context, optionalScope(options.scope));
    const username = await whoami(registry);
    return { json: { username, registry: registry.registry }, lines: [username] };
  },
});

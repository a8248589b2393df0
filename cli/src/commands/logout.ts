import { SkillsError } from "@skills-registry/schema/basics";
import { defineCommand } from "../command.ts";
import { optionsFor, revoke } from "../registry/registry.ts";
import { optionalScope } from "../registry/scope.ts";

export const command = defineCommand({
  description: "Revokes the token that .npmrc holds for the registry and removes it from your .npmrc.",
  options: {
    scope: {
      type: "string",
      value: "namespace",
      description: "Log out of the registry that .npmrc names for this namespace",
    },
  },
  examples: ["skills logout"],
  async run(context, { options }) {
    const registry = await optionsFor(context, optionalScope(options.scope));
    const config = await context.npmConfig();
    const token = config.token(registry.registry);
    if (token === undefined)
      throw new SkillsError("ENEEDAUTH", `there is no token for ${registry.registry} to log out`);
    await revoke(token, registry);
    await config.forgetToken(registry.registry);
    return { json: { registry: registry.registry }, lines: [`logged out of ${registry.registry}`] };
  },
});

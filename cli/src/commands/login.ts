import { addAbortSignal } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { defineCommand } from "../command.ts";
import { usageError } from "../usage-error.ts";
import type { Context } from "../context.ts";
import { askPassword, askText } from "../prompt.ts";
import { login, optionsFor } from "../registry.ts";
import { optionalScope } from "../scope.ts";

export const command = defineCommand({
  description:
    "Logs in with name and password and puts the token into your .npmrc, where npm finds it too. Where the registry lets people register, a new name registers. Without a terminal the password comes from SKILLS_PASSWORD or --password-stdin.",
  options: {
    username: {
      type: "string",
      short: "u",
      value: "name",
      description: "Account name; asked for in a terminal",
    },
    "password-stdin": { type: "boolean", description: "Read the password from stdin" },
    scope: {
      type: "string",
      value: "namespace",
      description: "Also write to .npmrc that this namespace lives in the registry",
    },
  },
  examples: ["skills login", "skills login --username acme --password-stdin < password.txt"],
  async run(context, { options }) {
    const scope = optionalScope(options.scope);
    const registry = await optionsFor(context, scope);
    const name =
      options.username ??
      (await askIfPossible(context, "--username", () => askText(context, "Account name")));
    const password = await readPassword(context, options["password-stdin"] === true ? "stdin" : "prompt");
    const token = await login({ name, password }, registry);
    const config = await context.npmConfig();
    await config.saveToken({ registry: registry.registry, token, scope });
    return {
      json: { username: name, registry: registry.registry },
      lines: [`logged in to ${registry.registry} as ${name}`],
    };
  },
});

async function readPassword(context: Context, from: "stdin" | "prompt"): Promise<string> {
  if (from === "stdin") {
    const stdin = addAbortSignal(context.signal, context.streams.stdin);
    return (await readAll(stdin)).replace(/\r?\n$/, "");
  }
  const given = context.env["SKILLS_PASSWORD"];
  if (given !== undefined && given !== "") return given;
  return askIfPossible(context, "SKILLS_PASSWORD or --password-stdin", () =>
    askPassword(context, "Password"),
  );
}

async function askIfPossible(
  context: Context,
  alternative: string,
  ask: () => Promise<string>,
): Promise<string> {
  if (context.quiet) throw usageError(`there is no terminal to ask in: give ${alternative}`);
  return ask();
}

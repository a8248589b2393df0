import { hostname } from "node:os";
import { addAbortSignal } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { openBrowser } from "../terminal/browser.ts";
import { defineCommand } from "../command.ts";
import type { Context } from "../context.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { askPassword, askText } from "../terminal/prompt.ts";
import { login, optionsFor, whoami } from "../registry/registry.ts";
import { optionalScope } from "../registry/scope.ts";
import { usageError } from "../usage-error.ts";
import { beginCodeLogin, beginPageLogin, waitForToken } from "../identity/web-login.ts";

export const command = defineCommand({
  description:
    "Logs in with your browser, and puts the token into your .npmrc, where npm finds it too. --device is for machines without a browser: it shows a code that you type at the identity provider, on any machine. With --username, --password-stdin, SKILLS_PASSWORD or --auth-type legacy it takes name and password, as it does where the registry has no login by browser; where the registry lets people register, a new name registers then.",
  options: {
    device: { type: "boolean", description: "Show a code to type on another machine" },
    provider: {
      type: "string",
      value: "id",
      description: "Identity provider for --device, where the registry has several",
    },
    "auth-type": {
      type: "string",
      value: "type",
      choices: ["web", "legacy"],
      description: "web: by browser; legacy: name and password, as npm calls it",
    },
    username: {
      type: "string",
      short: "u",
      value: "name",
      description: "Account name for a login by password; asked for in a terminal",
    },
    "password-stdin": { type: "boolean", description: "Read the password from stdin" },
    scope: {
      type: "string",
      value: "namespace",
      description: "Also write to .npmrc that this namespace lives in the registry",
    },
  },
  examples: [
    "skills login",
    "skills login --device",
    "skills login --username acme --password-stdin < password.txt",
  ],
  async run(context, { options }) {
    const wish: Wish = {
      device: options.device === true,
      provider: options.provider,
      type: options["auth-type"],
      username: options.username,
      stdin: options["password-stdin"] === true,
    };
    checkWish(wish);
    const scope = optionalScope(options.scope);
    const registry = await optionsFor(context, scope);
    const token = await tokenFor(context, wish, registry);
    const username = await whoami({ ...registry, forceAuth: { token } });
    const config = await context.npmConfig();
    await config.saveToken({ registry: registry.registry, token, scope });
    return {
      json: { username, registry: registry.registry },
      lines: [`logged in to ${registry.registry} as ${username}`],
    };
  },
});

interface Wish {
  device: boolean;
  provider: string | undefined;
  type: string | undefined;
  username: string | undefined;
  /** The password comes from stdin. */
  stdin: boolean;
}

function checkWish({ device, provider, type, username, stdin }: Wish): void {
  const isByPassword = type === "legacy" || username !== undefined || stdin;
  if (isByPassword && (device || type === "web"))
    throw usageError("a login by password is none by browser: leave out one of the options");
  if (provider !== undefined && !device) throw usageError("--provider goes with --device");
}

async function tokenFor(context: Context, wish: Wish, registry: NpmOptions): Promise<string> {
  if (wish.device) return byCode(context, wish.provider, registry);
  const hasPassword = (context.env["SKILLS_PASSWORD"] ?? "") !== "" && wish.type !== "web";
  if (wish.type === "legacy" || wish.username !== undefined || wish.stdin || hasPassword)
    return byPassword(context, wish, registry);
  const page = await beginPageLogin(hostname(), registry);
  if (page === undefined) return byPassword(context, wish, registry);
  context.note(`Log in at: ${page.loginUrl}`);
  if (!context.quiet && !(await openBrowser(context, page.loginUrl)))
    context.note("no browser could be opened: open the address yourself");
  return waitForToken(page, registry);
}

async function byCode(context: Context, provider: string | undefined, registry: NpmOptions): Promise<string> {
  const code = await beginCodeLogin(provider, registry);
  context.note(
    `Open ${code.verificationUrl} on any machine, and type this code for ${code.title}: ${code.userCode}`,
  );
  return waitForToken(code, registry);
}

async function byPassword(
  context: Context,
  { username, stdin }: Wish,
  registry: NpmOptions,
): Promise<string> {
  const name =
    username ?? (await askIfPossible(context, "--username", () => askText(context, "Account name")));
  const password = await readPassword(context, stdin ? "stdin" : "prompt");
  return login({ name, password }, registry);
}

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

import type { Command } from "../command.ts";

interface CommandEntry {
  /** One line of the overview. */
  summary: string;
  load(): Promise<{ command: Command }>;
}

/** Every command, in the order of the overview. A command is loaded when it runs or explains itself, not before. */
export const COMMANDS = {
  init: { summary: "Write a new skill to start from", load: () => import("./init.ts") },
  validate: { summary: "Check skills against the rules of a registry", load: () => import("./validate.ts") },
  publish: {
    summary: "Publish skills: new ones, and those that changed",
    load: () => import("./publish.ts"),
  },
  import: {
    summary: "Publish the skills of a repository, folder, archive or site",
    load: () => import("./import.ts"),
  },
  fork: { summary: "Make a skill of your own from a published one", load: () => import("./fork.ts") },
  add: { summary: "Install skills for the agents of a project", load: () => import("./add.ts") },
  install: {
    summary: "Install what skills.json and skills.lock say",
    load: () => import("./install.ts"),
  },
  update: {
    summary: "Update skills within their ranges, and show what changes",
    load: () => import("./update.ts"),
  },
  diff: {
    summary: "Show what differs between versions, or from what is installed",
    load: () => import("./diff.ts"),
  },
  list: { summary: "Show what is installed and whether it was changed", load: () => import("./list.ts") },
  why: { summary: "Say why a skill is installed", load: () => import("./why.ts") },
  outdated: { summary: "Show which skills have newer versions", load: () => import("./outdated.ts") },
  verify: {
    summary: "Check files and lock against each other and the registry",
    load: () => import("./verify.ts"),
  },
  prune: { summary: "Remove what is no longer wanted", load: () => import("./prune.ts") },
  remove: { summary: "Uninstall skills", load: () => import("./remove.ts") },
  doctor: { summary: "Find out what is wrong, and list agents", load: () => import("./doctor.ts") },
  migrate: {
    summary: "Move here from another tool's lock",
    load: () => import("./migrate.ts"),
  },
  search: { summary: "Find skills", load: () => import("./search.ts") },
  info: {
    summary: "Show a skill's versions, licence, figures and warnings",
    load: () => import("./info.ts"),
  },
  view: { summary: "Look inside a skill without installing it", load: () => import("./view.ts") },
  open: { summary: "Open a skill's page in the browser", load: () => import("./open.ts") },
  like: { summary: "Like a skill, or take the like back", load: () => import("./like.ts") },
  namespace: {
    summary: "Make an org, say who belongs to it, move skills",
    load: () => import("./namespace.ts"),
  },
  trust: { summary: "Let runs of CI publish without a stored token", load: () => import("./trust.ts") },
  cache: { summary: "Show, fill and clean what --offline uses", load: () => import("./cache.ts") },
  completion: {
    summary: "Have your shell complete commands, options and skills",
    load: () => import("./completion.ts"),
  },
  login: { summary: "Log in to a registry", load: () => import("./login.ts") },
  logout: { summary: "Log out and revoke the token", load: () => import("./logout.ts") },
  whoami: { summary: "Show who you are to a registry", load: () => import("./whoami.ts") },
} as const satisfies Record<string, CommandEntry>;

/** Other words for a command, as npm has them. */
export const ALIASES: Readonly<Record<string, readonly [CommandName, ...string[]]>> = {
  ci: ["install", "--frozen"],
  i: ["install"],
  ls: ["list"],
  rm: ["remove"],
  uninstall: ["remove"],
  up: ["update"],
};

export type CommandName = keyof typeof COMMANDS;

/** A command line with its alias, if it is one, written out. */
export function withoutAlias([word = "", ...rest]: string[]): [word: string, ...argv: string[]] {
  const alias = Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
  return alias === undefined ? [word, ...rest] : [...alias, ...rest];
}

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

export async function loadCommand(name: CommandName): Promise<Command> {
  return (await COMMANDS[name].load()).command;
}

/** All commands with their definitions, for docs/cli.md and the tests. */
export async function loadCommands(): Promise<Record<string, Command>> {
  const names = Object.keys(COMMANDS).filter(isCommandName);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await loadCommand(name)] as const)),
  );
}

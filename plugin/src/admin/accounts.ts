import { SkillsError } from "@skills-registry/schema";
import { claimName } from "../registry/names/claim.ts";
import { requireNamed } from "../registry/namespaces/members.ts";
import { newReadableSecret } from "../registry/readable-secret.ts";
import type { Account } from "../store/identity.ts";
import { audited } from "./audited.ts";
import { argument, type Command, type CommandContext, type Outcome } from "./command.ts";

/** 100 bits: for handing over, and for a person to change. */
const PASSWORD_GROUPS = 5;

/** Accounts and their ways in. */
export const accountCommands: Command[] = [
  {
    usage: "admin create-account <name>",
    summary:
      "Makes an account where nobody can register, reserved names and look-alikes too, and prints a password for it once.",
    run: createAccount,
  },
  {
    usage: "admin reset-password <account>",
    summary: "Gives an account another password, prints it once, and ends its logins and sessions.",
    options: {
      local: { summary: "also for an account that logs in at a provider: it gets a second way in" },
    },
    run: resetPassword,
  },
  {
    usage: "admin lock <account>",
    summary: "Refuses all logins and tokens of an account, from the next request on.",
    run: async (context) => await setLocked(context, true),
  },
  {
    usage: "admin unlock <account>",
    summary: "Takes that back: its tokens work again.",
    run: async (context) => await setLocked(context, false),
  },
  {
    usage: "admin forget-groups <account>",
    summary: "Ends the roles that an account has by groups of its providers, until it logs in there again.",
    run: forgetGroups,
  },
];

async function createAccount(context: CommandContext): Promise<Outcome> {
  const { parts, caller } = context;
  const name = argument(context, "name");
  requirePasswords(context);
  await claimName(parts.metadata, { name, config: parts.config, caller });
  const password = newReadableSecret(PASSWORD_GROUPS);
  const passwordHash = await parts.passwords.hash(password);
  await audited(context, { action: "create-account", subject: name }, async (tx, at) => {
    const skeleton = await claimName(tx, { name, config: parts.config, caller });
    const made = { name, email: null, passwordHash, operator: false, lockedAt: null, createdAt: at };
    await tx.insertAccount(made, skeleton);
  });
  return { text: passwordText(name, password), json: { account: name, password } };
}

async function resetPassword(context: CommandContext): Promise<Outcome> {
  const { metadata, passwords } = context.parts;
  const name = argument(context, "account");
  requirePasswords(context);
  await requireLocal(context, await requireNamed(metadata, name));
  const password = newReadableSecret(PASSWORD_GROUPS);
  const passwordHash = await passwords.hash(password);
  const revoked = await audited(context, { action: "reset-password", subject: name }, async (tx) => {
    const { id } = await requireNamed(tx, name);
    await tx.setPassword(id, passwordHash);
    return await tx.deleteTokens(id, ["login", "session"]);
  });
  return { text: passwordText(name, password), json: { account: name, password, revoked } };
}

function requirePasswords({ parts: { config } }: CommandContext): void {
  if (config.providers.some(({ type }) => type === "local")) return;
  throw new SkillsError("EBADREQUEST", "nobody logs in by password here", {
    hint: "Add { type: local } to skills.providers in the configuration first.",
  });
}

async function requireLocal(
  { parts, flags }: CommandContext,
  { id, name, passwordHash }: Account,
): Promise<void> {
  if (passwordHash !== null || flags.has("local")) return;
  const [identity] = await parts.metadata.identities(id);
  throw new SkillsError(
    "EBADREQUEST",
    `"${name}" has no password: it logs in ${identity === undefined ? "elsewhere" : `as ${identity.login} at ${identity.provider}`}`,
    { hint: "With --local it gets one, and a second way in." },
  );
}

function passwordText(name: string, password: string): string {
  return `password of ${name}, shown this once: ${password}\n`;
}

async function setLocked(context: CommandContext, locked: boolean): Promise<Outcome> {
  const name = argument(context, "account");
  await audited(context, { action: locked ? "lock" : "unlock", subject: name }, async (tx, at) => {
    const account = await requireNamed(tx, name);
    if ((account.lockedAt !== null) === locked) {
      throw new SkillsError("EBADREQUEST", `"${name}" is ${locked ? "locked already" : "not locked"}`, {
        hint: "Nothing was changed.",
      });
    }
    await tx.setLocked(account.id, locked ? at : null);
  });
  return {
    text: `${name} is ${locked ? "locked" : "not locked any more"}\n`,
    json: { account: name, locked },
  };
}

async function forgetGroups(context: CommandContext): Promise<Outcome> {
  const name = argument(context, "account");
  const forgotten = await audited(context, { action: "forget-groups", subject: name }, async (tx, at) => {
    const identities = await tx.identities((await requireNamed(tx, name)).id);
    // Without the grant nobody can be asked for the groups, before the next login.
    for (const identity of identities)
      await tx.putIdentity({ ...identity, groups: [], groupsAt: at, grant: null });
    return identities.length;
  });
  return {
    text: `groups of ${name} are forgotten, at ${forgotten} providers\n`,
    json: { account: name, forgotten },
  };
}

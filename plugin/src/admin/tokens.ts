import { printable, SkillsError } from "@skills-registry/schema";
import { requireNamed } from "../registry/namespaces/members.ts";
import type { Token } from "../store/identity.ts";
import { audited } from "./audited.ts";
import { argument, type Command, type CommandContext, type Outcome } from "./command.ts";

/** Tokens, logins and sessions of an account; no secret is known to anybody but who has it. */
export const tokenCommands: Command[] = [
  {
    usage: "admin list-tokens <account>",
    summary:
      "Lists the tokens, logins and sessions of an account, with their ids and when each was last used.",
    run: listTokens,
  },
  {
    usage: "admin revoke-tokens <account>",
    summary: "Ends all tokens, logins and sessions of an account for good, or one of them.",
    options: { token: { value: "id", summary: "only this one, by its id in the list" } },
    run: revokeTokens,
  },
];

async function listTokens(context: CommandContext): Promise<Outcome> {
  const { metadata } = context.parts;
  const name = argument(context, "account");
  const { id } = await requireNamed(metadata, name);
  const tokens = await metadata.tokens(id);
  return { text: tokens.map(line).join(""), json: { account: name, tokens: tokens.map(shown) } };
}

/** Without the hash: whoever finds it could end the token by `npm token revoke`. */
function shown({ accountId: _account, hash: _hash, trustId: _trust, provenance: _run, ...token }: Token) {
  return token;
}

function line({ id, kind, hint, name, readonly, packages, expiresAt, lastUsedAt }: Token): string {
  const limits = [...(readonly ? ["read-only"] : []), ...packages].join(" ");
  const facts = [
    id,
    kind,
    `${hint}…`,
    printable(name ?? "-"),
    limits === "" ? "unlimited" : limits,
    `used ${lastUsedAt ?? "never"}`,
    `expires ${expiresAt ?? "never"}`,
  ];
  return `${facts.join("  ")}\n`;
}

async function revokeTokens(context: CommandContext): Promise<Outcome> {
  const name = argument(context, "account");
  const token = context.options["token"];
  const detail = token === undefined ? {} : { token };
  const revoked = await audited(context, { action: "revoke-tokens", subject: name, detail }, async (tx) => {
    const { id } = await requireNamed(tx, name);
    if (token === undefined) return await tx.deleteTokens(id);
    if (await tx.deleteToken(id, token)) return 1;
    throw new SkillsError("ENOTFOUND", `${name} has no token ${JSON.stringify(token.slice(0, 60))}`, {
      hint: `Its tokens: skills-registry admin list-tokens ${name}`,
    });
  });
  const what = revoked === 1 ? `1 token of ${name} is` : `${revoked} tokens of ${name} are`;
  return { text: `${what} revoked\n`, json: { account: name, revoked } };
}

import { SkillsError, slugify } from "@skills-registry/schema";
import { z } from "zod";
import type { MetadataReader, MetadataWriter } from "../../store/metadata.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { hashSecret } from "../token-secret.ts";
import { issueToken, type TokenRequest } from "../tokens.ts";
import { createAccount, type Proof } from "./accounts-by-identity.ts";
import { beginFlow, findFlow, takeFlow } from "./flows.ts";
import { endedFlow, recordRefusal, requireProvider } from "./refusals.ts";
import type { Provider } from "./provider.ts";

/** A first login whose name cannot be taken over: taken already, or no name of an account. The person chooses one. */

const proofSchema = z.object({
  provider: z.string(),
  proved: z.object({
    subject: z.string(),
    login: z.string(),
    email: z.string().nullable(),
    groups: z.array(z.object({ id: z.string(), name: z.string(), admin: z.boolean() })),
    grant: z.string().nullable(),
  }),
});

const choiceFlow = {
  kind: "choose-name",
  data: z.object({
    /** The proof as JSON, sealed: it holds the grant. */
    proof: z.string(),
    next: z.string(),
  }),
};

/** What stands between a login that a provider owns and what its person adds: GitHub's own logins have no two hyphens in a row. */
const ADDED = "--";

export interface Choice {
  /** Name of the provider, for people. */
  title: string;
  login: string;
  /** What the name has to begin with; empty where any will do. */
  prefix: string;
  suggestion: string;
}

/** Returns the secret that goes on. */
export async function beginChoice(
  { seal, now }: Pick<Parts, "seal" | "now">,
  tx: MetadataWriter,
  { next, ...proof }: Proof & { next: string },
): Promise<string> {
  const data = { proof: seal.seal(JSON.stringify(proof)), next };
  return await beginFlow(tx, choiceFlow, { data, now: now() });
}

/** What the page says. Throws EFORBIDDEN when there is nothing to choose any more. */
export async function findChoice(parts: Parts, secret: string): Promise<Choice> {
  const { provider, proof } = await findProof(parts, parts.metadata, secret);
  return toChoice(provider, proof);
}

/**
 * Makes the account under the chosen name, and logs in. A name that cannot be had leaves everything as it was, to choose again:
 * throws EBADNAME, ENAMETAKEN; EFORBIDDEN when it was done already, or took too long.
 */
export async function chooseName(
  parts: Parts,
  caller: Caller,
  { secret, name, session }: { secret: string; name: string; session: TokenRequest },
): Promise<{ secret: string; next: string }> {
  const { provider, proof } = await findProof(parts, parts.metadata, secret);
  const attempt = { provider: provider.id, subject: proof.proved.login };
  const work = async (): Promise<{ secret: string; next: string }> =>
    await parts.metadata.transaction(async (tx) => {
      const { next } = await findProof(parts, tx, secret);
      await takeFlow(tx, choiceFlow, { secret, now: parts.now() });
      // In another browser, in the meantime.
      if ((await tx.identity(provider.id, proof.proved.subject)) !== undefined) throw endedFlow();
      requireOwnName(provider, proof, name);
      requireOrdinaryName(parts, name);
      const account = await createAccount(parts, tx, { ...proof, name, caller });
      const at = parts.now().toISOString();
      const made = await issueToken(tx, { ...caller, account }, { ...session, at });
      return { secret: made.secret, next };
    }, "logins");
  return await recordRefusal(parts, caller, { attempt, work });
}

async function findProof(
  parts: Pick<Parts, "providers" | "seal" | "now">,
  reader: MetadataReader,
  secret: string,
): Promise<{ provider: Provider; proof: Proof; next: string }> {
  const flow = await findFlow(reader, choiceFlow, { hash: hashSecret(secret), now: parts.now() });
  const opened = flow === undefined ? undefined : parts.seal.open(flow.data.proof);
  if (flow === undefined || opened === undefined) throw endedFlow();
  const proof = proofSchema.parse(JSON.parse(opened));
  return { provider: requireProvider(parts, proof.provider), proof, next: flow.data.next };
}

function toChoice(provider: Provider, { proved }: Proof): Choice {
  const { login } = proved;
  // Some providers have whole e-mail addresses for logins.
  const base = slugify(login.split("@")[0] ?? "");
  const prefix = provider.ownsNames ? base + ADDED : "";
  return { title: provider.title, login, prefix, suggestion: provider.ownsNames ? "" : base };
}

/** A login of GitHub that nobody has used here is still somebody's: it cannot be chosen, and nothing that could be one. */
function requireOwnName(provider: Provider, proof: Proof, name: string): void {
  const { prefix } = toChoice(provider, proof);
  if (name.startsWith(prefix) && name.length > prefix.length) return;
  throw new SkillsError("ENAMETAKEN", `the name has to begin with ${prefix}`, {
    hint: `Other names belong to other people of ${provider.title}.`,
  });
}

/** The configuration gives rights to some names, of accounts that may be still to come: nobody gets them by choosing. */
function requireOrdinaryName({ config }: Pick<Parts, "config">, name: string): void {
  if (![...config.operators, ...config.namespaces.creators].includes(name)) return;
  throw new SkillsError("ENAMETAKEN", `the name "${name}" is reserved, or too much like another`);
}

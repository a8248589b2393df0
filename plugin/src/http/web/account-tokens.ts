import { SkillsError, statusOf } from "@skills-registry/schema";
import { z } from "zod";
import { confirmPassword } from "../../registry/accounts.ts";
import { DAY_MS } from "../../registry/days.ts";
import { parseLimit } from "../../registry/token-limits.ts";
import { parseCidr } from "../../registry/token-networks.ts";
import { createToken, revokeToken, type TokenRequest } from "../../registry/tokens.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { showAccount } from "./account-page.ts";
import { readForm } from "./forms.ts";
import { NO_DRAFT, type TokenDraft } from "./token-views.ts";

/** Networks of a token, and skills and namespaces. */
const LIST_MAX = 32;

const newToken = z.object({
  name: z.string().trim().min(1).max(100),
  access: z.enum(["read-only", "read-write"]),
  /** Days; empty for a token that does not expire. */
  days: z.string().regex(/^(|[1-9]\d{0,3})$/),
  packages: z.string().max(5_000).default(""),
  cidr: z.string().max(2_000),
  /** Missing for accounts that have none. */
  password: z.string().max(1024).default(""),
});

/** `POST /account/tokens`: asks for the password again, so that who finds an open browser cannot make a token. */
export async function createAccountToken(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const { password, access, ...form } = await readForm(request, newToken);
  const draft = { ...form, readonly: access === "read-only" };
  try {
    const wish = toTokenRequest(draft, parts.now());
    await confirmPassword(parts, request.caller, password);
    const { secret } = await createToken(parts, request.caller, wish);
    return await showAccount(services, request, { draft: NO_DRAFT, secret });
  } catch (error) {
    if (!(error instanceof SkillsError) || statusOf(error.code) >= 500) throw error;
    return await showAccount(services, request, { draft, error });
  }
}

/** `POST /account/tokens/:key/revoke`. */
export async function revokeAccountToken(services: Services, request: Request): Promise<Answer> {
  await revokeToken(services.parts, request.caller, request.params["key"] ?? "");
  return await backToAccount();
}

/** `GET` of the addresses that forms are sent to, where a login leads that a form was sent without. */
export async function backToAccount(): Promise<Answer> {
  return { status: 303, headers: { location: "/account#tokens" }, body: { kind: "none" } };
}

function toTokenRequest({ name, readonly, days, packages, cidr }: TokenDraft, now: Date): TokenRequest {
  return {
    kind: "token",
    name,
    readonly,
    packages: listed(packages, "namespaces and skills").map(parseLimit),
    cidr: listed(cidr, "networks").map(parseCidr),
    expiresAt: days === "" ? null : new Date(now.getTime() + Number(days) * DAY_MS).toISOString(),
  };
}

/** Words between commas and spaces. */
function listed(text: string, what: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length > LIST_MAX) throw new SkillsError("EBADREQUEST", `more than ${LIST_MAX} ${what}`);
  return words;
}

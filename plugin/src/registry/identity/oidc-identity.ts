import { printable, SkillsError } from "@skills-registry/schema";
import { z } from "zod";
import type { OidcConfig } from "../../config.ts";
import type { Group } from "../../store/identity.ts";
import type { ProvedIdentity } from "./provider.ts";
import { providerFault } from "./provider-step.ts";

/** Claims by name, of an ID token, of userinfo, or of both. */
export type Claims = Record<string, unknown>;

/** Directories have people in hundreds of groups; more would fill the database. */
const GROUPS_MAX = 1_000;
/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE = 30;

const name = z.string().min(1).max(200);
const subject = z.string().min(1).max(255);
const email = z.email().max(254);

/** Whether the ID token tells all that is asked for; otherwise userinfo may tell the rest. */
export function isComplete({ claims }: OidcConfig, told: Claims): boolean {
  return told[claims.login] !== undefined && told[claims.groups] !== undefined;
}

/** Throws EPROVIDER for claims that do not say who it is, EFORBIDDEN for somebody in none of the configured groups. */
export function identityOf(config: OidcConfig, told: Claims, grant: string | null): ProvedIdentity {
  const { title, claims } = config;
  const login = name.safeParse(told[claims.login]);
  const sub = subject.safeParse(told["sub"]);
  if (!sub.success) throw providerFault(title, "does not say who logged in");
  if (!login.success) throw providerFault(title, `tells no name in the claim ${claims.login} (claims.login)`);
  const groups = groupsOf(told[claims.groups]);
  requireGroup(config, groups);
  // It is shown to operators in terminals, which would obey what somebody put into their name.
  return { subject: sub.data, login: printable(login.data), email: emailOf(told), groups, grant };
}

/** Throws EPROVIDER for a token from the future; the library looks at all other times. */
export function requirePast({ title }: OidcConfig, issuedAt: number): void {
  if (issuedAt <= Date.now() / 1000 + CLOCK_TOLERANCE) return;
  throw providerFault(title, "sent an ID token that is not valid at this time");
}

/** Names that are never reused, as far as OIDC has such; what is not a name counts as nothing. */
function groupsOf(told: unknown): Group[] {
  const list: unknown[] = Array.isArray(told) ? told : [told];
  const names = list.slice(0, GROUPS_MAX).flatMap((entry) => name.safeParse(entry).data ?? []);
  return [...new Set(names)].map((group) => ({ id: group, name: printable(group), admin: false }));
}

function emailOf(told: Claims): string | null {
  return told["email_verified"] === false ? null : (email.safeParse(told["email"]).data ?? null);
}

function requireGroup({ title, groups: wanted }: OidcConfig, groups: Group[]): void {
  if (wanted.length === 0 || groups.some(({ id }) => wanted.includes(id))) return;
  throw new SkillsError(
    "EFORBIDDEN",
    `only some groups of ${title} may log in here, and you are in none of them`,
    {
      hint: "Ask the operator of the registry, or whoever runs the groups.",
    },
  );
}

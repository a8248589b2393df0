import { isNamespace, parsePackageName, SkillsError } from "@skills-registry/schema";
import type { Token } from "../store/identity.ts";
import type { Caller } from "./caller.ts";

/** What a token may not do although its account may. */

/** Throws EFORBIDDEN for a read-only token. */
export function requireWritable({ token }: Caller): void {
  if (token?.readonly !== true) return;
  throw new SkillsError("EFORBIDDEN", "this token is read-only", {
    hint: "Use a token made without --read-only.",
  });
}

/** Accounts, people and rights take a token for everything: with a limited one they could be widened. Throws EFORBIDDEN. */
export function requireUnlimited({ token }: Caller): void {
  if (token === null || token.packages.length === 0) return;
  throw new SkillsError("EFORBIDDEN", `this token is limited to ${token.packages.join(", ")}`, {
    hint: "Log in, or use a token without limits.",
  });
}

/** Throws EFORBIDDEN for a skill that the token is not for. */
export function requireCovered(token: Token, name: string): void {
  if (covers(token, name)) return;
  throw new SkillsError("EFORBIDDEN", `this token is limited to ${token.packages.join(", ")}`, {
    hint: "Use a token made for this skill or its namespace.",
  });
}

/** Whether the token is good for a skill, by its full name. */
export function covers({ packages }: Token, name: string): boolean {
  return packages.length === 0 || packages.some((limit) => limit === name || name.startsWith(`${limit}/`));
}

/** Of `readable` (namespaces and skills, as in SearchQuery) what the token is good for. */
export function readableWith({ packages }: Token, readable: string[]): string[] {
  if (packages.length === 0) return readable;
  const names = new Set(readable);
  const skills = readable.filter((name) => name.startsWith("@"));
  return packages.flatMap((limit) => {
    const slash = limit.indexOf("/");
    const namespace = limit.slice(1, slash === -1 ? undefined : slash);
    if (names.has(namespace)) return [slash === -1 ? namespace : limit];
    return skills.filter((name) => name === limit || name.startsWith(`${limit}/`));
  });
}

/** A limit as people write it: `@acme` or `@acme/legal-documents`. Throws EBADREQUEST for anything else. */
export function parseLimit(text: string): string {
  if (parsePackageName(text) !== undefined) return text;
  if (text.startsWith("@") && isNamespace(text.slice(1))) return text;
  throw new SkillsError(
    "EBADREQUEST",
    `${JSON.stringify(text.slice(0, 100))} is neither a namespace nor a skill`,
    {
      hint: "Namespaces are written @acme, skills @acme/legal-documents.",
    },
  );
}

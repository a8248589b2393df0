import { randomBytes } from "node:crypto";
import { SkillsError } from "@skills-registry/schema";
import type { LoginChecks } from "../../plugin/src/registry/identity/provider.ts";

/** Where providers send browsers back to; nobody listens there. */
export const REDIRECT_URI = "http://127.0.0.1:9/login/back";

export function freshChecks(): LoginChecks {
  const random = (): string => randomBytes(32).toString("base64url");
  return { state: random(), nonce: random(), verifier: random() };
}

/** Code and message of what the work was refused with, `EPROVIDER: GitHub cannot be reached`. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SkillsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "";
}

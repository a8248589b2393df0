import {
  parsePackageName,
  trustsAnswer,
  trustSchema,
  type TrustAnswer,
  type TrustBody,
} from "@skills-registry/schema";
import { parseAnswer } from "../registry/answer.ts";
import { requestJson, send, type NpmOptions } from "../registry/npm.ts";
import { parseScope } from "../registry/scope.ts";

/** A skill, or all of a namespace, as somebody typed it. */
export interface TrustTarget {
  /** `@acme/x` or `@acme` */
  name: string;
  scope: string;
  /** Of its trusts in the REST API. */
  address: string;
}

/** Throws EUSAGE for what is neither a skill nor a namespace. */
export function parseTarget(text: string): TrustTarget {
  const skill = parsePackageName(text);
  if (skill !== undefined) {
    const { full, namespace } = skill;
    return { name: full, scope: `@${namespace}`, address: `api/skills/${namespace}/${skill.skill}/trust` };
  }
  const scope = parseScope(text);
  return { name: scope, scope, address: `api/namespaces/${scope.slice(1)}/trust` };
}

export async function listTrusts({ address }: TrustTarget, options: NpmOptions): Promise<TrustAnswer[]> {
  return parseAnswer(trustsAnswer, await requestJson(address, options)).trusts;
}

export async function addTrust(
  { address }: TrustTarget,
  wish: TrustBody,
  options: NpmOptions,
): Promise<TrustAnswer> {
  return parseAnswer(trustSchema, await requestJson(address, { ...options, method: "POST", body: wish }));
}

export async function removeTrust({ address }: TrustTarget, id: string, options: NpmOptions): Promise<void> {
  await send(`${address}/${encodeURIComponent(id)}`, { ...options, method: "DELETE" });
}

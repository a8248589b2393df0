import { SkillsError } from "@skills-registry/schema/basics";
import { withAttempts, type Attempt } from "./attempts.ts";
import type { NpmOptions } from "./npm.ts";
import { explained } from "./trouble.ts";

/** Sends a request as often as it takes, and explains what the network did to it. `path` may be a whole address. */
export async function ask<T>(
  path: string,
  options: NpmOptions,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const host = hostOf(path, options);
  if (options.offline) throw offlineError(host);
  const { patience, method, label = labelOf(path) } = options;
  try {
    return await withAttempts(
      { label, repeatable: method !== "POST", silence: patience.silence },
      options,
      work,
    );
  } catch (error) {
    throw explained(error, host);
  }
}

export function hostOf(path: string, { registry }: Pick<NpmOptions, "registry">): string {
  return (URL.parse(path) ?? new URL(registry)).host;
}

/** The skill that an address is about. Nothing else of an address is ever shown: those of logins hold secrets. */
export function labelOf(path: string): string | undefined {
  const npm = /(?:^|\/)@([\w.-]+)(?:%2f|\/)([\w.-]+)/i.exec(path);
  const [, namespace, skill] = npm ?? /(?:^|\/)api\/skills\/([\w.-]+)\/([\w.-]+)/.exec(path) ?? [];
  return skill === undefined ? undefined : `@${namespace}/${skill}`;
}

/** For something that could have been in the cache. */
export function notCached(what: string): SkillsError {
  return new SkillsError("ENOTCACHED", `${what} is not in the cache, and the network is not to be used`);
}

function offlineError(host: string): SkillsError {
  return new SkillsError("ENOTCACHED", `this takes a request to ${host}, and the network is not to be used`, {
    hint: "Leave --offline out, and offline out of .npmrc.",
  });
}

import { SkillsError, parsePackageName } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { describeFailure } from "../failure.ts";
import { mapFew } from "../files.ts";
import type { Lock } from "../project/lockfile.ts";
import { isStatus } from "../registry/answer.ts";
import { accountOf, type NpmOptions } from "../registry/npm.ts";
import { fetchVersions, optionsFor, resolveVersion, whoami } from "../registry/registry.ts";
import { counted } from "../terminal/format.ts";
import { failed, ok, problem, warning, type Finding } from "./finding.ts";

/** Longest silence of a registry in ms: somebody waits to hear what is wrong, and a registry that works answers sooner. */
const SILENCE = 5_000;

/**
 * Whether the registries of these packages answer, who we are to them, and what has become of the versions since. Without
 * packages it is the default registry that is asked.
 */
export async function checkRegistries(context: Context, lock: Lock): Promise<Finding[]> {
  if ((await context.npmOptions()).offline) return [ok("registry", "not asked: --offline")];
  const names = Object.keys(lock);
  const scopes = new Set(names.map(scopeOf));
  const asked = await Promise.all(
    [...(scopes.size === 0 ? [undefined] : scopes)].map((scope) => impatient(context, scope)),
  );
  const registries = new Map(asked.map((options) => [options.registry, options]));
  const answers = await Promise.all([...registries.values()].map(checkRegistry));
  const silent = answers.filter(({ state }) => state === "problem");
  if (silent.length > 0 || names.length === 0) return answers;
  return [...answers, ...(await checkVersions(context, lock))];
}

/** Asked once, and not waited for as long as an install would. */
async function impatient(context: Context, scope: string | undefined): Promise<NpmOptions> {
  const options = await optionsFor(context, scope);
  return { ...options, patience: { ...options.patience, attempts: 1, silence: SILENCE } };
}

async function checkRegistry(options: NpmOptions): Promise<Finding> {
  const { registry } = options;
  try {
    return ok("registry", `${registry} answers; you are ${await whoami(options)}`);
  } catch (error) {
    if (!isNobody(error)) return failed("registry", error);
    if ((await accountOf(options)) === "anonymous")
      return ok("registry", `${registry} answers; you are not logged in`);
    return warning("registry", {
      message: `${registry} does not take the login in .npmrc`,
      hint: "Run skills login.",
    });
  }
}

function isNobody(error: unknown): boolean {
  if (isStatus(error, 401)) return true;
  return error instanceof SkillsError && error.code === "ENEEDAUTH";
}

async function checkVersions(context: Context, lock: Lock): Promise<Finding[]> {
  const entries = Object.entries(lock);
  const found = await mapFew(entries, async ([name, { version }]) => {
    const options = await impatient(context, scopeOf(name));
    return checkVersion({ name, version }, options);
  });
  const findings = found.filter((one) => one !== undefined);
  if (findings.length > 0) return findings;
  return [ok("versions", `none of ${counted(entries.length, "package")} is deprecated or withdrawn`)];
}

/** undefined where all is well with the version. */
async function checkVersion(
  { name, version }: { name: string; version: string },
  options: NpmOptions,
): Promise<Finding | undefined> {
  try {
    const { deprecated } = await resolveVersion(await fetchVersions(name, options), version, options);
    if (deprecated === undefined) return undefined;
    return warning("versions", {
      message: `${name}@${version} is deprecated: ${deprecated}`,
      hint: "Run skills update, or use what the message names instead.",
    });
  } catch (error) {
    const { code, message } = describeFailure(error);
    if (!GONE.has(code)) return failed("versions", error);
    return problem("versions", {
      message: `${name}@${version} cannot be had any more: ${message}`,
      hint: `Run skills update ${name}, or skills remove ${name}.`,
    });
  }
}

/** What says that a registry does not give a version out, as opposed to not answering. */
const GONE: ReadonlySet<string> = new Set(["EQUARANTINED", "ETARGET", "ENOTFOUND", "E404"]);

function scopeOf(name: string): string | undefined {
  const namespace = parsePackageName(name)?.namespace;
  return namespace === undefined ? undefined : `@${namespace}`;
}

import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { mapFew } from "../files.ts";
import { packageMeant, type Lock } from "../project/lockfile.ts";
import type { Place } from "../project/project.ts";
import { span, type Line } from "../terminal/line.ts";
import { verifyFiles, type FileFinding } from "./files.ts";
import { originVerifier, type OriginFinding } from "./origin.ts";

/** What is true of one installed package. */
export interface Verified {
  package: string;
  version: string;
  /** True when the files are those of the lock, and the registry stands by them or was not asked. */
  ok: boolean;
  files: FileFinding[];
  /** Null when no registry was asked. */
  origin: OriginFinding | null;
}

/** Compares files with the lock and, unless `offline`, the lock with the registry. Throws ENOTINSTALLED; changes nothing. */
export async function verifyInstalled(
  context: Context,
  { place, lock }: { place: Place; lock: Lock },
  { names, offline }: { names: readonly string[]; offline: boolean },
): Promise<Verified[]> {
  const wanted =
    names.length === 0
      ? Object.keys(lock).toSorted()
      : [...new Set(names.map((name) => packageMeant(lock, name)))];
  const verifyOrigin = originVerifier(context);
  const bar = context.progress("verifying", wanted.length);
  return mapFew(wanted, async (name) => {
    const entry = Object.hasOwn(lock, name) ? lock[name] : undefined;
    if (entry === undefined) throw new SkillsError("ENOTINSTALLED", `${name} is not installed here`);
    const asked = offline ? undefined : await verifyOrigin(name, entry);
    const files = await verifyFiles(place, entry, asked?.published);
    const origin = asked?.finding ?? null;
    bar.tick(name);
    return { package: name, version: entry.version, ok: isOk(files, origin), files, origin };
  }).finally(() => bar.end());
}

/** A deprecated version is still what was published. */
function isOk(files: FileFinding[], origin: OriginFinding | null): boolean {
  return files.length === 0 && (origin === null || origin.status === "ok" || origin.status === "deprecated");
}

export function verifiedLines(all: readonly Verified[]): Line[] {
  return all.flatMap((one): Line[] => {
    const id = `${one.package}@${one.version}`;
    const head: Line = [
      span(one.ok ? "ok" : "wrong", one.ok ? "plain" : "removed"),
      span(` ${id}`, "name"),
      ...(one.origin?.signed === true ? [span(` signed by ${hostOf(one.origin)}`, "faint")] : []),
    ];
    return [
      head,
      ...one.files.map(({ path, problem }): Line => [span(`  ${problem} `, "warning"), span(path)]),
      ...originLines(one.origin),
    ];
  });
}

/** A repository's own .npmrc may have chosen the registry, so that it is named. */
function hostOf({ registry }: OriginFinding): string {
  return URL.parse(registry ?? "")?.host ?? "the registry";
}

const WORDS: Record<Exclude<OriginFinding["status"], "ok">, string> = {
  deprecated: "deprecated",
  withdrawn: "withdrawn from the registry",
  deleted: "not in the registry any more",
  broken: "not what the registry published",
  unknown: "the registry could not be asked",
};

function originLines(origin: OriginFinding | null): Line[] {
  if (origin === null || origin.status === "ok") return [];
  const reason = origin.reason === null ? "" : `: ${origin.reason}`;
  return [[span(`  ${WORDS[origin.status]}`, "warning"), span(reason)]];
}

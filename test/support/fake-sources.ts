import { createHash } from "node:crypto";
import { isInRange, isRange } from "../../cli/src/install/ranges.ts";
import type { Source, Sources } from "../../cli/src/install/sources.ts";
import { inspectSkill } from "../../schema/src/index.ts";
import { buildSkill, entriesOf, type Files } from "./skill.ts";

/** One version of a package in a registry that is not there. */
export interface FakeVersion {
  dependencies?: Record<string, string>;
  /** Files beside package.json; without them it is one small skill. */
  files?: Files;
}

/** Package → version → what it is, the lowest first. */
export type FakePackages = Record<string, Record<string, FakeVersion>>;

export interface FakeSources extends Sources {
  /** What was asked of them, as `find @acme/x` and `unpack @acme/x@1.0.0`. */
  asked: string[];
}

/** A registry as the resolver sees it, for trees that would take thousands of publishes. `latest` is the highest version. */
export function fakeSources(packages: FakePackages, tags: Record<string, string> = {}): FakeSources {
  const asked: string[] = [];
  const source = (name: string, version: string): Source => {
    const fake = packages[name]?.[version] ?? {};
    return {
      name,
      version,
      integrity: integrityOf(`${name}@${version}`),
      resolved: `${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`,
      signature: undefined,
      dependencies: fake.dependencies ?? {},
      deprecated: undefined,
      unpack: async () => {
        asked.push(`unpack ${name}@${version}`);
        const entries =
          fake.files === undefined ? buildSkill({ name, version }).entries : entriesOf(fake.files);
        return { entries, skills: inspectSkill(entries).skills };
      },
    };
  };
  return {
    asked,
    find: async (name, ranges) => {
      asked.push(`find ${name}`);
      const versions = packages[name];
      if (versions === undefined) throw coded("E404", `no ${name}`);
      const known = ranges.map((range) => (isRange(range) ? range : (tags[range] ?? range)));
      const fitting = Object.keys(versions).filter((one) => known.every((range) => isIn(one, range)));
      const [version] = fitting.toReversed();
      if (version === undefined) throw coded("ETARGET", `no version of ${name} for ${ranges.join(", ")}`);
      return source(name, version);
    },
    locked: async (name, { version }) => source(name, version),
  };
}

/** SRI of a text, in the place of a tarball's. */
export function integrityOf(text: string): string {
  return `sha512-${createHash("sha512").update(text).digest("base64")}`;
}

/** Where no tag has the name, no version is in it. */
function isIn(version: string, range: string): boolean {
  return range === "latest" || (isRange(range) && isInRange(version, range));
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

import type { Entry } from "../entry.ts";
import { LineFinder } from "../lines.ts";
import { type Ability, excerpt } from "./ability.ts";

/** The packages that a skill, or one of its scripts, says it builds on: those of package.json, and pip's requirements. */
export function dependenciesOf(entries: readonly Entry[]): Ability[] {
  const files = entries.filter(({ type }) => type === "file");
  return [
    ...files.filter(({ path }) => PACKAGE_JSON.test(path)).flatMap(packagesOf),
    ...files.filter(({ path }) => REQUIREMENTS.test(path)).flatMap(requirementsOf),
  ];
}

const PACKAGE_JSON = /(?:^|\/)package\.json$/;
const REQUIREMENTS = /(?:^|\/)requirements[\w.-]{0,60}\.txt$/;
/** `name[extra]==1.2 # why`, `name @ https://…`; options begin with a hyphen. */
const REQUIREMENT = /^\s{0,9}([a-z\d][\w.-]{0,120})(?:\[[^\]]{0,120}\])?\s{0,9}([^#;\s][^#;]{0,120})?/i;
/** Lines of a file that are read. */
const LINES_MAX = 2_000;

function requirementsOf({ path, data }: Entry): Ability[] {
  const lines = new TextDecoder().decode(data).split("\n", LINES_MAX);
  return lines.flatMap((text, index): Ability[] => {
    const [, name, range = "in any version"] = REQUIREMENT.exec(text) ?? [];
    if (name === undefined) return [];
    return [{ kind: "dependency", subject: `${name} (PyPI)`, detail: excerpt(range), path, line: index + 1 }];
  });
}

const DEPENDENCY_FIELDS = ["dependencies", "optionalDependencies", "peerDependencies"];

function packagesOf({ path, data }: Entry): Ability[] {
  const text = new TextDecoder().decode(data);
  const manifest = recordIn(parse(text));
  const lines = new LineFinder(text);
  return DEPENDENCY_FIELDS.flatMap((field) => Object.entries(recordIn(manifest[field])))
    .map(([name, range]) => ({ name, range: String(range), offset: text.indexOf(JSON.stringify(name)) }))
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ name, range, offset }) => ({
      kind: "dependency",
      subject: name,
      detail: excerpt(range),
      path,
      line: lines.lineAt(Math.max(0, offset)),
    }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordIn(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

import { SkillsError } from "@skills-registry/schema";
import { defineCommand } from "../command.ts";
import { parseSkillSpec } from "../fetch-skill.ts";
import { sortedVersions } from "../next-version.ts";
import {
  findPackument,
  optionsFor,
  resolveVersion,
  type Packument,
  type PublishedVersion,
} from "../registry.ts";

/** Versions shown before the rest is only counted. */
const SHOWN_VERSIONS = 10;

export const command = defineCommand({
  description:
    "Shows one version of a skill, the latest by default, and what other versions and tags there are.",
  positional: {
    name: "spec",
    required: true,
    many: false,
    description: "A skill: @acme/name, with @version, @range or @tag",
  },
  options: {},
  examples: ["skills info @acme/legal-documents", "skills info @acme/legal-documents@^1 --json"],
  async run(context, { args }) {
    const spec = await parseSkillSpec(args[0] ?? "");
    const options = await optionsFor(context, spec.scope);
    const packument = await findPackument(spec.name, options);
    if (packument === undefined)
      throw new SkillsError("ENOTFOUND", `there is no skill ${spec.name}, or you may not read it`);
    const info = describe(packument, await resolveVersion(packument, spec.wanted, options));
    return { json: info, lines: linesOf(info) };
  },
});

type Info = ReturnType<typeof describe>;

function describe(packument: Packument, version: PublishedVersion) {
  return {
    name: packument.name,
    version: version.version,
    description: version.description ?? "",
    license: version.license ?? null,
    publisher: version._npmUser ?? null,
    published: publishedAt(packument.time[version.version]),
    deprecated: version.deprecated ?? null,
    tags: packument["dist-tags"],
    versions: sortedVersions(packument).toReversed(),
    dependencies: version.dependencies,
    integrity: version.dist.integrity ?? null,
    install: `skills add ${packument.name}`,
  };
}

function publishedAt(time: unknown): string | null {
  return typeof time === "string" ? time : null;
}

function linesOf(info: Info): string[] {
  const rest = info.versions.length - SHOWN_VERSIONS;
  const versions = info.versions.slice(0, SHOWN_VERSIONS).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  const dependencies = Object.entries(info.dependencies).map(([name, range]) => `${name}@${range}`);
  const facts: [string, string | null][] = [
    ["publisher", info.publisher],
    ["published", info.published],
    ["licence", info.license],
    [
      "tags",
      Object.entries(info.tags)
        .map(([tag, version]) => `${tag}: ${version}`)
        .join(", "),
    ],
    ["versions", versions],
    ["builds on", dependencies.length === 0 ? null : dependencies.join(", ")],
    ["install", info.install],
  ];
  return [
    `${info.name}@${info.version}`,
    ...(info.deprecated === null ? [] : [`deprecated: ${info.deprecated}`]),
    ...(info.description === "" ? [] : [info.description]),
    "",
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(10)} ${value}`])),
  ];
}

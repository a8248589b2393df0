import { formatIssue } from "@skills-registry/schema/basics";
import { ago, count, counted, size } from "../terminal/format.ts";
import { markedSpans, span, type Line } from "../terminal/line.ts";
import type { SkillInfo } from "./skill-info.ts";

/** Versions and dependents shown before the rest is only counted. */
const SHOWN = 10;

/** The card that `skills info` prints. */
export function infoLines(info: SkillInfo, now: Date): Line[] {
  const title = [span(info.name, "name"), span(`@${info.version}`)];
  return [
    title,
    ...(info.deprecated === null ? [] : [[span(`deprecated: ${info.deprecated}`, "warning")]]),
    ...info.withdrawn.map(({ version, at, reason }) => [
      span(`${version} was withdrawn on ${at.slice(0, 10)}: ${reason}`, "warning"),
    ]),
    ...(info.description === "" ? [] : [markedSpans({ text: info.description, marks: [] })]),
    "",
    ...facts(info, now).flatMap(([name, value]) =>
      value === null || value === ""
        ? []
        : [[span(name.padEnd(14), "faint"), ...markedSpans({ text: value, marks: [] })]],
    ),
    ...warningLines(info),
  ];
}

function facts(info: SkillInfo, now: Date): [name: string, value: string | null][] {
  const { likes, liked, downloads, context } = info;
  return [
    ["publisher", info.publisher],
    ["built from", builtFrom(info)],
    ["fork of", forkText(info)],
    ["imported from", importText(info)],
    ["published", publishedText(info, now)],
    ["visibility", info.visibility],
    ["licence", info.license],
    ["tags", pairs(info.tags, ": ")],
    ["versions", firstOf(info.versions)],
    ["downloads", downloads === null ? null : `${count(downloads)} in 30 days`],
    ["likes", likes === null ? null : `${count(likes)}${liked === true ? ", one of them yours" : ""}`],
    ["size", sizeText(info)],
    [
      "context",
      context === null
        ? null
        : `about ${counted(context.description, "token")} always, ${count(context.body)} when it is used`,
    ],
    ["agents", info.agents.join(", ")],
    ["compatibility", info.compatibility],
    ["skills", info.skills.length > 1 ? firstOf(info.skills.map(({ name }) => name)) : null],
    ["builds on", pairs(info.dependencies, "@")],
    ["used by", info.dependents === null ? null : firstOf(info.dependents)],
    ["repository", info.repository],
    ["homepage", info.homepage],
    ["bugs", info.bugs],
    ["contribute", info.contribute],
    ["page", info.page],
    ["install", info.install],
  ];
}

/** The figures that a registry gives; npm's own registries know less. */
function sizeText({ size: packed, unpackedSize, fileCount }: SkillInfo): string | null {
  const texts = [
    packed === null ? [] : `${size(packed)} packed`,
    unpackedSize === null ? [] : `${size(unpackedSize)} unpacked`,
    fileCount === null ? [] : counted(fileCount, "file"),
  ].flat();
  return texts.length === 0 ? null : texts.join(", ");
}

/** One line: what was built, and by which file. */
function builtFrom({ provenance }: SkillInfo): string | null {
  if (provenance === null) return null;
  const { repository, commit, workflow, run } = provenance;
  const source = [repository, commit].filter((part) => part !== null).join("@");
  return [source, workflow, run].filter((part) => part !== null && part !== "").join(", ");
}

/** An origin that is not there for the caller is named, and that is all. */
function forkText({ forkedFrom }: SkillInfo): string | null {
  if (forkedFrom === null) return null;
  const { name, version, latest, behind } = forkedFrom;
  if (behind === null) return `${name} ${version}`;
  const distance =
    behind === 0 || latest === null ? "up to date" : `${counted(behind, "version")} behind ${latest}`;
  return `${name} ${version}, ${distance}`;
}

/** Beside `built from`, which the registry has verified, it has to be seen that this is a claim. */
function importText({ importedFrom }: SkillInfo): string | null {
  if (importedFrom === null) return null;
  const { repository, commit, path, link } = importedFrom;
  const source = link ?? [repository, commit, path].filter((part) => part !== null && part !== "").join(", ");
  return `${source} (stated by the publisher, not verified)`;
}

function publishedText({ published }: SkillInfo, now: Date): string | null {
  const date = new Date(published ?? "");
  if (Number.isNaN(date.getTime())) return null;
  return `${ago(date, now)} (${date.toISOString().slice(0, 10)})`;
}

function pairs(record: Record<string, string>, separator: string): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}${separator}${value}`)
    .join(", ");
}

function firstOf(texts: string[]): string {
  const rest = texts.length - SHOWN;
  return texts.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function warningLines({ warnings }: SkillInfo): Line[] {
  if (warnings === null || warnings.length === 0) return [];
  return [
    "",
    [span(counted(warnings.length, "warning"), "warning")],
    ...warnings.map((issue) => `  ${formatIssue(issue)}`),
  ];
}

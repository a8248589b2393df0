import type { Package, Version } from "../store/metadata.ts";
import type { SearchDocument } from "../store/search.ts";
import { agentsOf } from "./search/agents.ts";
import { skillFacts } from "./skill-facts.ts";
import { skillTexts } from "./skill-texts.ts";

const FENCE = /^ {0,3}(```|~~~)/;
const HEADING = /^ {0,3}#{1,6}[ \t]+(\S.*)$/;

/** Headings of all skills of a package; more say no more about it. */
const HEADINGS_MAX = 200;

/** What search knows of a package when this is its `latest` version. */
export function searchDocument(
  found: Pick<Package, "name" | "namespace" | "visibility">,
  version: Version,
): SearchDocument {
  const facts = skillFacts(version.manifest);
  // What the frontmatters say is in the manifest.
  const texts = skillTexts(version).map((skill) => skill.body);
  const packed = facts.skills.filter((skill) => skill.path !== "").map((skill) => skill.name);
  const descriptions = facts.skills.map((skill) => skill.description);
  const body = [...descriptions.filter((text) => text !== facts.description), ...texts].join("\n\n");
  return {
    name: found.name,
    namespace: found.namespace,
    version: version.version,
    description: facts.description,
    keywords: facts.keywords,
    license: facts.license,
    publisher: version.publisher,
    authors: [...new Set([version.publisher, ...facts.authors])],
    agents: agentsOf(facts.compatibility ?? ""),
    hasScripts: version.hasScripts,
    publishedAt: version.publishedAt,
    deprecated: version.deprecated !== null,
    restricted: found.visibility === "restricted",
    dependencies: Object.keys(facts.dependencies),
    headings: [...packed, ...headingsOf(body)],
    body,
  };
}

function headingsOf(body: string): string[] {
  const headings: string[] = [];
  let fence: string | undefined;
  for (const line of body.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark))
      fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? HEADING.exec(line)?.[1] : undefined;
    if (heading !== undefined && headings.push(heading.trim()) === HEADINGS_MAX) break;
  }
  return headings;
}

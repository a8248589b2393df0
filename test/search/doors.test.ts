import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { publishBody } from "../support/publish-body.ts";
import { startTeam, type Team } from "../support/team.ts";

interface Sample {
  name: string;
  description: string;
  body: string;
  compatibility?: string;
  scripts?: boolean;
}

const SKILLS: Sample[] = [
  {
    name: "contract-review",
    description: "Reviews contracts for risky clauses.",
    body: "Read every clause.",
  },
  { name: "legal-documents", description: "Drafts legal documents.", body: "A contract has parties." },
  {
    name: "invoice-reader",
    description: "Reads invoices as tables.",
    body: "Contracts are not invoices.",
    scripts: true,
  },
  {
    name: "pdf-tables",
    description: "Extracts tables from PDF files.",
    body: "Café menus, too.",
    scripts: true,
  },
  { name: "release-notes", description: "Writes release notes from commits.", body: "Group by kind." },
  {
    name: "commit-messages",
    description: "Writes commit messages.",
    body: "The release notes come from them.",
    compatibility: "Needs Claude Code",
  },
  { name: "old-contracts", description: "Archives contracts.", body: "Contract after contract." },
];

let team: Team;
let user: NpmUser;

beforeAll(async () => {
  team = await startTeam();
  user = await npmUser(team.registry);
  for (const skill of SKILLS) await publish(skill);
  await deprecate("@acme/old-contracts");
  await team.registry.fetch("/api/skills/acme/pdf-tables/like", { method: "PUT", token: team.token });
});
afterAll(async () => {
  await user[Symbol.asyncDispose]();
  await team[Symbol.asyncDispose]();
});

test.each([
  "contract",
  "contracts",
  "contrct",
  "release notes",
  '"release notes"',
  "table -pdf",
  "tables has:scripts",
  "namespace:acme contract",
  "agent:claude-code",
  "is:deprecated",
  "cafe",
  "acme",
  "legal doc",
  "writes something about releases",
])("npm, the CLI, REST and the page find the same for %s, in the same order", async (query) => {
  const expected = await byRest(query);
  expect(expected.length).toBeGreaterThan(0);
  expect(await byNpm(query)).toEqual(expected);
  expect(await byCli(query)).toEqual(expected);
  expect(await byPage(query)).toEqual(expected);
});

async function byRest(query: string): Promise<string[]> {
  const answer = team.registry.fetch(`/api/skills?q=${encodeURIComponent(query)}`);
  const { hits }: { hits: { name: string }[] } = await jsonOf(answer);
  return hits.map(({ name }) => name);
}

async function byNpm(query: string): Promise<string[]> {
  const { stdout } = await user.npm(["search", "--json", "--", query]);
  const found: { name: string }[] = JSON.parse(stdout);
  return found.map(({ name }) => name);
}

async function byCli(query: string): Promise<string[]> {
  const { stdout } = await team.skills(["search", "--json", "--", query]);
  const { hits }: { hits: { name: string }[] } = JSON.parse(stdout);
  return hits.map(({ name }) => name);
}

/** Links to skills in the order of the page, each once. */
async function byPage(query: string): Promise<string[]> {
  const answer = await team.registry.fetch(`/search?q=${encodeURIComponent(query)}`);
  const main = /<main[\s\S]*<\/main>/.exec(await answer.text())?.[0] ?? "";
  const links = main.matchAll(/href="\/skills\/([a-z0-9-]+)\/([a-z0-9-]+)"/g);
  return [...new Set([...links].map(([, namespace, skill]) => `@${namespace}/${skill}`))];
}

async function publish(skill: Sample): Promise<void> {
  const compatibility = skill.compatibility === undefined ? "" : `compatibility: ${skill.compatibility}\n`;
  const body = publishBody({
    name: `@acme/${skill.name}`,
    files: {
      "SKILL.md": `---\nname: ${skill.name}\ndescription: ${skill.description}\nlicense: MIT\n${compatibility}---\n\n# ${skill.name}\n\n${skill.body}\n`,
      "package.json": JSON.stringify({
        name: `@acme/${skill.name}`,
        version: "1.0.0",
        description: skill.description,
        license: "MIT",
      }),
      ...(skill.scripts === true ? { "scripts/run.sh": "echo done\n" } : {}),
    },
  });
  Object.assign(body.versions["1.0.0"] ?? {}, { description: skill.description });
  const answer = await team.registry.fetch(`/@acme%2f${skill.name}`, {
    method: "PUT",
    token: team.token,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
}

async function deprecate(name: string): Promise<void> {
  const address = `/${name.replace("/", "%2f")}`;
  const packument: { versions: Record<string, Record<string, unknown>> } = await jsonOf(
    team.registry.fetch(address),
  );
  Object.assign(packument.versions["1.0.0"] ?? {}, { deprecated: "use contract-review" });
  const answer = await team.registry.fetch(address, {
    method: "PUT",
    token: team.token,
    body: JSON.stringify(packument),
  });
  expect(answer.status).toBe(201);
}

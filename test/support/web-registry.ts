import { openStores, type Stores } from "../../plugin/src/open-stores.ts";
import { xssCases } from "../fixtures/xss/cases.ts";
import { publishDocument } from "./publish-body.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";
import { buildSkill, packageTarball, type SkillOptions } from "./skill.ts";

/** A registry with something to see on every page. */

/** The account that owns @acme and is the registry's operator. */
export const ACME = "acme";
/** An account that has published much, for paging. */
export const STUDIO = "studio";

export interface WebRegistry extends TestRegistry {
  /** Of @acme. */
  token: string;
}

export async function startWebRegistry(): Promise<WebRegistry> {
  const opened: Stores[] = [];
  const registry = await startRegistry({
    settings: (settings) => ({
      ...settings,
      registry: { ...settings.registry, operators: [ACME], requestsPerMinute: 1_000_000 },
    }),
    stores: async (settings) => {
      const stores = await openStores(settings.registry);
      opened.push(stores);
      return stores;
    },
  });
  const token = await registry.account(ACME);
  const others = { studio: await registry.account(STUDIO), mallory: await registry.account("mallory") };
  for (const skill of acmeSkills()) await publish(registry, token, skill);
  await publishPack(registry, token);
  await deprecate(registry, token, "@acme/old-review");
  for (const skill of studioSkills()) await publish(registry, others.studio, skill);
  await publish(registry, others.mallory, hostileSkill());
  await makeOrg(registry, token);
  for (const stores of opened) await addDownloads(stores);
  for (const account of Object.values(others)) {
    await registry.fetch("/api/skills/acme/contract-review/like", { method: "PUT", token: account });
  }
  return { ...registry, token };
}

const REVIEW = {
  name: "@acme/contract-review",
  description:
    "Reviews contracts for risky clauses, missing definitions and unusual terms. Use when somebody asks to check an agreement.",
  manifest: {
    keywords: ["legal", "contracts", "review"],
    repository: "github:acme/skills",
    homepage: "https://example.com/contract-review",
    bugs: "https://example.com/issues",
  },
  frontmatter:
    "compatibility: Claude Code and Codex; needs Python 3.11\nmetadata:\n  author: Acme Legal\n  tags: legal",
};

/** The smallest picture there is. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const SCRIPT = `#!/usr/bin/env python3
"""Marks the clauses of an agreement that deserve a second look."""
import re
import sys

RISKY = re.compile(r"\\b(indemnif|perpetual|unlimited)", re.IGNORECASE)

for number, line in enumerate(sys.stdin, 1):
    if RISKY.search(line):
        print(f"{number}: {line.strip()}")
`;

function reviewText(steps: string[]): string {
  return `# Contract review

Read the agreement **twice**, then report. The [guide](references/guide.md) says what matters,
[our site](https://example.com) why.

## Steps

${steps.map((step, index) => `${index + 1}. ${step}`).join("\n")}

## Risks

| Clause | Risk | Ask for |
|--------|:----:|---------|
| Indemnity without a cap | high | a cap of one year's fees |
| Notice by fax | low | e-mail |

## Script

\`\`\`python
def risky(lines: list[str]) -> list[str]:
    """The clauses that deserve a second look."""
    return [line for line in lines if "indemnify" in line.lower()]
\`\`\`

## Picture

![How the parts fit together](assets/parts.png)

## Limits

> Not legal advice.
`;
}

function acmeSkills(): (SkillOptions & { tag?: string })[] {
  const guide = { "references/guide.md": "# Guide\n\nRead slowly. Back to [the skill](../SKILL.md).\n" };
  const steps = ["Find the parties.", "List the obligations.", "Mark what is unusual."];
  const picture = { "assets/parts.png": PICTURE, "assets/terms.bin": Buffer.from([0, 1, 2, 3]) };
  return [
    { ...REVIEW, version: "1.0.0", body: reviewText(steps), files: { ...guide, ...picture } },
    {
      ...REVIEW,
      version: "1.1.0",
      body: reviewText([...steps, "Run the script over every appendix."]),
      files: { ...guide, ...picture, "scripts/review.py": SCRIPT },
    },
    { ...REVIEW, version: "2.0.0-beta.1", tag: "beta", body: reviewText(steps.slice(1)), files: guide },
    {
      name: "@acme/legal-suite",
      description: "Sets up a whole legal desk with intake, review and filing.",
      manifest: { keywords: ["legal"], dependencies: { "@acme/contract-review": "^1.0.0" } },
      frontmatter: "compatibility: Cursor",
    },
    { name: "@acme/old-review", description: "Reviews contracts, as it was done before." },
  ];
}

async function publishPack(registry: TestRegistry, token: string): Promise<void> {
  const manifest = { name: "@acme/office-pack", version: "1.0.0", license: "Apache-2.0" };
  const skill = (name: string): string =>
    `---\nname: ${name}\ndescription: Writes ${name} in the tone of the house.\n---\n\n# ${name}\n\nKeep it short.\n`;
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    "skills/letters/SKILL.md": skill("letters"),
    "skills/minutes/SKILL.md": skill("minutes"),
  });
  await put(registry, token, publishDocument(manifest, tarball));
}

function studioSkills(): SkillOptions[] {
  const verbs = ["write", "plan", "test", "translate", "sketch", "sort"];
  const things = ["slides", "recipes", "invoices", "lectures"];
  return verbs.flatMap((verb) =>
    things.map((thing) => ({
      name: `@studio/${verb}-${thing}`,
      description: `Helps to ${verb} ${thing} that people are glad to get.`,
      manifest: { keywords: [thing, verb] },
      body: `# ${verb} ${thing}\n\nAsk who the ${thing} are for, then begin.`,
    })),
  );
}

/** Everything that could run, load or pass itself off as something else, in every field there is. */
function hostileSkill(): SkillOptions {
  const trick = '"><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>';
  const [plain, fenced] = [xssCases.filter(isPlain), xssCases.filter((one) => !isPlain(one))];
  return {
    name: "@mallory/hostile",
    description: JSON.stringify(`Reviews hostile Markdown. ${trick}`),
    manifest: {
      keywords: [trick, "hostile"],
      homepage: "https://example.com/?<script>alert(1)</script>",
      repository: "data:text/html,<script>alert(1)</script>",
      author: trick,
    },
    frontmatter: `compatibility: ${JSON.stringify(trick)}\nmetadata:\n  author: ${JSON.stringify(trick)}`,
    body: [...plain, ...fenced].map(({ markdown }) => withoutBidi(markdown)).join("\n\n"),
    files: {
      "assets/drawing.svg":
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
      "assets/page.html": "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>",
    },
  };
}

/** The validator would not let it in. */
function withoutBidi(text: string): string {
  return text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

/** A fence that is not closed would make text of all that follows it. */
function isPlain({ markdown }: { markdown: string }): boolean {
  return !/^(```|~~~)/m.test(markdown);
}

/** Publishes as the owner of the token; throws with the registry's reasons when it refuses. */
export async function publish(
  registry: TestRegistry,
  token: string,
  { tag, ...skill }: SkillOptions & { tag?: string },
): Promise<void> {
  const { name = "", version = "1.0.0" } = skill;
  const { tarball } = buildSkill(skill);
  await put(
    registry,
    token,
    publishDocument({ name, version, license: "MIT", ...skill.manifest }, tarball, tag),
  );
}

async function put(registry: TestRegistry, token: string, document: { name: string }): Promise<void> {
  const body = JSON.stringify(document);
  const answer = await registry.fetch(`/${document.name.replace("/", "%2f")}`, {
    method: "PUT",
    token,
    body,
  });
  if (!answer.ok) throw new Error(`${document.name}: ${await answer.text()}`);
}

async function deprecate(registry: TestRegistry, token: string, name: string): Promise<void> {
  const answer = await registry.fetch(`/${name.replace("/", "%2f")}`);
  const document = (await answer.json()) as {
    name: string;
    versions: Record<string, { deprecated?: string }>;
  };
  for (const version of Object.values(document.versions)) {
    version.deprecated = "Use @acme/contract-review instead.";
  }
  await put(registry, token, document);
}

/** An org of acme's with people, a team that may publish its restricted skill, and a trusted workflow. */
async function makeOrg(registry: TestRegistry, token: string): Promise<void> {
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const answer = await registry.fetch(path, { method, token, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  };
  await send("POST", "/api/namespaces", { name: "legal-desk" });
  await send("PUT", "/api/namespaces/legal-desk/settings", { visibility: "restricted" });
  await send("PUT", "/api/namespaces/legal-desk/members/studio", { role: "maintainer" });
  const name = "@legal-desk/intake";
  await publish(registry, token, { name, description: "Asks a new client what the matter is." });
  await send("PUT", "/-/org/legal-desk/team", { name: "clerks" });
  await send("PUT", "/-/team/legal-desk/clerks/user", { user: "mallory" });
  await send("PUT", "/-/team/legal-desk/clerks/package", { package: name, permissions: "read-write" });
  const run = { issuer: "github", repositoryId: "42", repository: "acme/skills", workflow: "publish.yml" };
  await send("POST", "/api/namespaces/legal-desk/trust", run);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A month of downloads; counting real ones would take a client for each. */
async function addDownloads({ metadata }: Stores): Promise<void> {
  const day = (ago: number): string => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
  await metadata.transaction(async (tx) => {
    for (const [name, most] of [
      ["@acme/contract-review", 140],
      ["@acme/legal-suite", 30],
      ["@studio/write-slides", 60],
    ] as const) {
      const found = await tx.package(name);
      if (found === undefined) throw new Error(`${name} is not there`);
      const counts = Array.from({ length: 30 }, (_, ago) =>
        Math.round(most * Math.abs(Math.sin(ago + most))),
      );
      await tx.addDownloads(
        counts.map((count, ago) => ({
          packageId: found.id,
          version: "1.0.0",
          day: day(ago),
          count: count + 1,
        })),
      );
    }
    await tx.refreshDownloads(day(0), "all");
  });
}

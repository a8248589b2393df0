import { OKTA } from "./namespaces.ts";
import { type PublishDocument, publishBody, publishDocument } from "./publish-body.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";
import { packageTarball } from "./skill.ts";

export interface ApiRegistry extends TestRegistry {
  /** Of the account `acme`, which owns every skill. */
  token: string;
}

/** A registry with something of everything that the REST API tells: versions, dependencies, links, a pack. */
export async function startApiRegistry(): Promise<ApiRegistry> {
  const registry = await startRegistry({
    settings: (settings) => ({
      ...settings,
      registry: { ...settings.registry, providers: [{ type: "local" }, OKTA] },
    }),
  });
  const token = await registry.account("acme");
  await registry.account("ada");
  const org = await registry.fetch("/api/namespaces", {
    method: "POST",
    token,
    body: JSON.stringify({ name: "agency" }),
  });
  if (org.status !== 201) throw new Error(await org.text());
  for (const document of [publishBody(), letters("1.0.0"), letters("1.1.0"), office()]) {
    const path = `/${document.name.replace("/", "%2f")}`;
    const answer = await registry.fetch(path, { method: "PUT", token, body: JSON.stringify(document) });
    if (answer.status !== 201) throw new Error(await answer.text());
  }
  return { ...registry, token };
}

function office(): PublishDocument {
  const manifest = { name: "@acme/office", version: "1.0.0", license: "MIT" };
  const body = "x".repeat(399);
  return publishDocument(
    manifest,
    packageTarball({
      "package.json": JSON.stringify(manifest),
      "skills/letters/SKILL.md": `---\nname: letters\ndescription: Writes letters.\nlicense: MIT\npath: ../../etc\n---\n${body}\n`,
      "skills/memos/SKILL.md": `---\nname: memos\ndescription: Writes memos.\n---\n${body}\n`,
    }),
  );
}

function letters(version: string): PublishDocument {
  const manifest = {
    name: "@acme/letters",
    version,
    description: "Letters to clients.",
    license: "MIT",
    keywords: ["letters", "law"],
    author: "Jane Doe <jane@example.com>",
    repository: { type: "git", url: "git+https://github.com/acme/skills.git", directory: "letters" },
    bugs: "https://example.com/bugs",
    dependencies: { "@acme/sample": "^1.0.0" },
  };
  const front = [
    "name: letters",
    "description: Writes letters.",
    "license: MIT",
    "compatibility: Made for Claude Code.",
    "metadata:",
    "  tags: clients",
  ];
  return publishDocument(
    manifest,
    packageTarball({
      "package.json": JSON.stringify(manifest),
      "SKILL.md": `---\n${front.join("\n")}\n---\n\n# Letters\n\nVersion ${version}: see references/guide.md.\n`,
      "references/guide.md": `How to write them, ${version}.\n`,
    }),
  );
}

import { expect, test } from "vitest";
import { sampleVersion } from "../../../test/contract/samples.ts";
import { searchDocument } from "./search-document.ts";

const PACKAGE = { name: "@acme/legal-documents", namespace: "acme" };
const FOUND = { ...PACKAGE, visibility: "public" } as const;

test("a document holds what package.json and SKILL.md say", () => {
  const version = sampleVersion("1.2.0", {
    publisher: "alice",
    hasScripts: true,
    deprecated: "use another",
    manifest: {
      name: PACKAGE.name,
      version: "1.2.0",
      description: "Drafts contracts",
      keywords: ["law"],
      author: { name: "Zoë" },
      dependencies: { "@acme/pdf": "^1.0.0" },
      skill: {
        name: "legal-documents",
        description: "Drafts contracts",
        license: "MIT",
        compatibility: "Claude Code or Codex",
        metadata: { tags: "contracts, law", author: "Bob" },
      },
    },
    readme: "---\nname: legal-documents\ndescription: secret\n---\n# Legal\n\n## When to use\n\ntext\n",
  });
  expect(searchDocument(FOUND, version)).toEqual({
    ...PACKAGE,
    version: "1.2.0",
    description: "Drafts contracts",
    keywords: ["law", "contracts"],
    license: "MIT",
    publisher: "alice",
    authors: ["alice", "Zoë", "Bob"],
    agents: ["claude-code", "codex"],
    hasScripts: true,
    publishedAt: version.publishedAt,
    deprecated: true,
    restricted: false,
    dependencies: ["@acme/pdf"],
    headings: ["Legal", "When to use"],
    body: "# Legal\n\n## When to use\n\ntext\n",
  });
});

test("the skills of a pack are found by their names and descriptions, and package.json's description is shown", () => {
  const skills = [
    { path: "skills/pdf", name: "pdf", description: "Reads PDF" },
    { path: "skills/word", name: "word", description: "Writes Word" },
  ];
  const manifest = { description: "Office work", skills };
  const readme = "---\nname: pdf\n---\nfirst\n\n---\nname: word\n---\nsecond";
  const document = searchDocument(FOUND, sampleVersion("1.0.0", { manifest, readme }));
  expect(document).toMatchObject({
    description: "Office work",
    headings: ["pdf", "word"],
    body: "Reads PDF\n\nWrites Word\n\nfirst\n\nsecond",
  });
});

test("headings are those of the text, not comments in its code", () => {
  const readme =
    "---\nname: x\n---\n# One\n```sh\n# no\n~~~\n# no\n```\n~~~\n# no\n~~~\n   ## Two ##\n#no\n#   \n    # no";
  const version = sampleVersion("1.0.0", { manifest: { skill: { name: "x", description: "x" } }, readme });
  expect(searchDocument(FOUND, version).headings).toEqual(["One", "Two ##"]);
});

test("the text of a pack is that of all its skills", () => {
  const skills = ["a", "b"].map((name) => ({ name, description: name, path: `skills/${name}` }));
  const readme = "---\nname: a\n---\nfirst\n\n---\n\nrule: yes\n\n\n---\nname: b\n---\nsecond\n";
  const version = sampleVersion("1.0.0", {
    manifest: { description: "a", skills: skills.map((skill) => ({ ...skill, description: "a" })) },
    readme,
  });
  expect(searchDocument(FOUND, version).body).toBe("first\n\n---\n\nrule: yes\n\n\nsecond\n");
});

import { expect, test } from "vitest";
import { HIT_BODY_MAX } from "../../plugin/src/store/search.ts";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, addPackage, sampleDocument, sampleVersion } from "./samples.ts";
import { find, names } from "./search-samples.ts";

const DOCUMENTS = [
  sampleDocument("@acme/legal", {
    description: "work",
    keywords: ["Contract Law", "pdf"],
    license: "Apache-2.0",
    authors: ["alice", "Zoë"],
    agents: ["claude-code", "codex"],
    hasScripts: true,
    publishedAt: "2026-01-15T10:00:00.000Z",
    body: "rare",
  }),
  sampleDocument("@acme/pdf", {
    description: "work",
    keywords: ["pdf"],
    license: "MIT",
    authors: ["bob"],
    agents: ["codex"],
    publishedAt: "2026-02-28T23:59:59.999Z",
  }),
  sampleDocument("@globex/pdf", {
    description: "work",
    keywords: ["pdf.tools"],
    license: null,
    authors: ["bob"],
    deprecated: true,
    publishedAt: "2026-03-01T00:00:00.000Z",
  }),
];

/** What narrows a search down. Registered by `describeSearch`. */
export function describeQualifiers(open: OpenMetadata): void {
  test.each([
    ["namespace:acme", ["@acme/legal", "@acme/pdf"]],
    ["namespace:ACME", ["@acme/legal", "@acme/pdf"]],
    ["-namespace:acme", ["@globex/pdf"]],
    ["namespace:acme,globex -keyword:pdf", ["@globex/pdf"]],
    ["namespace:acm", []],
    ["@globex/", ["@globex/pdf"]],
    ["@globex/pd", ["@globex/pdf"]],
    ["@globex/legal", []],
    ['keyword:"contract law"', ["@acme/legal"]],
    ['keyword:"Contract  LAW"', ["@acme/legal"]],
    ["keyword:contract", []],
    ["keyword:pdf", ["@acme/legal", "@acme/pdf"]],
    ["keyword:pdf.tools", ["@globex/pdf"]],
    ["keyword:pdf_tools", []],
    ["keyword:pdf keyword:pdf.tools", ["@acme/legal", "@acme/pdf", "@globex/pdf"]],
    ["keyword:pdf author:bob", ["@acme/pdf"]],
    ["license:apache-2.0", ["@acme/legal"]],
    ["author:zoe", ["@acme/legal"]],
    ["author:Zoë -license:mit", ["@acme/legal"]],
    ["agent:codex -agent:claude-code", ["@acme/pdf"]],
    ["has:scripts", ["@acme/legal"]],
    ["-has:scripts is:deprecated", ["@globex/pdf"]],
    ["-is:deprecated pdf", ["@acme/pdf", "@acme/legal"]],
    ["updated:2026-02", ["@acme/pdf"]],
    ["updated:>2026-02", ["@globex/pdf"]],
    ["updated:<=2026-02-28", ["@acme/legal", "@acme/pdf"]],
    ["updated:2026-01-15..2026-01-15", ["@acme/legal"]],
    ["license:mit work", ["@acme/pdf"]],
    ["keyword:pdf rare", ["@acme/legal"]],
    ["agent:codex -rare", ["@acme/pdf"]],
    ['license:"x OR mit"', []],
    ["license:'mit'", []],
  ])("%s finds %j", async (text, expected) => {
    await using opened = await open();
    await addDocuments(opened.metadata, DOCUMENTS);
    const page = await find(opened.metadata, text);
    expect(page.hits.map((hit) => hit.name).toSorted()).toEqual([...expected].toSorted());
    expect(page.total).toBe(expected.length);
  });

  test("a qualifier alone lists the newest first, deprecated ones last", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, DOCUMENTS);
    expect(await names(opened.metadata, "namespace:acme,globex")).toEqual([
      "@acme/pdf",
      "@acme/legal",
      "@globex/pdf",
    ]);
  });

  test.each([
    ["updated", ["@acme/pdf", "@acme/legal", "@globex/pdf"]],
    ["name", ["@acme/legal", "@acme/pdf", "@globex/pdf"]],
    ["downloads", ["@acme/legal", "@acme/pdf", "@globex/pdf"]],
  ] as const)("what is found can be sorted by %s, deprecated ones last", async (sort, expected) => {
    await using opened = await open();
    const { metadata } = opened;
    await addDocuments(metadata, DOCUMENTS);
    const day = "2026-03-01";
    await metadata.transaction(async (tx) => {
      for (const [index, { name }] of DOCUMENTS.entries()) {
        const packageId = (await tx.package(name))?.id ?? 0;
        await tx.addDownloads([{ packageId, version: "1.0.0", day, count: index === 0 ? 9 : 5 }]);
      }
      await tx.refreshDownloads(day, "all");
    });
    for (const text of ["work", ""]) expect(await names(metadata, text, { sort })).toEqual(expected);
  });

  test("a hit carries its text only when it is asked for", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { hits } = await find(metadata, "legal", { bodies: true });
    expect(hits).toEqual([]);
    await addDocuments(metadata, DOCUMENTS);
    expect((await find(metadata, "legal")).hits[0]?.body).toBeNull();
  });

  test("a hit carries no more of a long text than a snippet is made from", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const name = "@acme/long-text";
    const found = await addPackage(metadata, name);
    await metadata.transaction(async (tx) => {
      const version = sampleVersion("1.0.0", { readme: "word ".repeat(HIT_BODY_MAX) });
      await tx.putVersion(found.id, version);
      await tx.putSearchDocument(found.id, sampleDocument(name, { version: version.version }));
    });
    const { hits } = await find(metadata, "long text", { bodies: true });
    expect(hits[0]?.body).toHaveLength(HIT_BODY_MAX);
  });
}

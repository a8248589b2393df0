import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { addDocuments, addPackage, sampleDocument } from "./samples.ts";
import { find, names } from "./search-samples.ts";

const OPEN = sampleDocument("@acme/open", { description: "shared", keywords: ["common"] });
const SECRET = sampleDocument("@acme/secret", {
  description: "shared zeppelin",
  keywords: ["common", "hidden-keyword"],
  dependencies: ["@acme/open"],
  body: "quixotic",
  restricted: true,
});

/** What a caller may not read does not exist for the caller. Registered by `describeSearch`. */
export function describeRestricted(open: OpenMetadata): void {
  test("readers of the namespace find it, others find no trace of it", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [OPEN, SECRET]);
    for (const text of ["shared", "", "namespace:acme", "keyword:common", "common -unicorn"]) {
      for (const readable of [[], ["globex"]]) {
        const page = await find(opened.metadata, text, { readable, facets: true });
        expect(page).toMatchObject({ total: 1, hits: [{ name: "@acme/open" }] });
        expect(page.facets?.keyword).toEqual([{ value: "common", count: 1 }]);
      }
      const page = await find(opened.metadata, text, { readable: ["globex", "acme"], facets: true });
      expect(page.total).toBe(2);
      expect(page.facets?.keyword[0]).toEqual({ value: "common", count: 2 });
    }
    expect((await find(opened.metadata, "secret", { readable: ["acme"] })).hits).toMatchObject([
      { name: "@acme/secret", restricted: true },
    ]);
  });

  test.each([
    "secret",
    "@acme/secret",
    "zeppelin",
    "zeppel",
    "zeppelln",
    "quixotic",
    "quix",
    "keyword:hidden-keyword",
  ])("%s finds nothing, completes nothing and corrects nothing for others", async (text) => {
    await using opened = await open();
    await addDocuments(opened.metadata, [OPEN, SECRET]);
    expect(await find(opened.metadata, text)).toMatchObject({
      total: 0,
      hits: [],
      corrections: [],
      relaxed: false,
    });
  });

  test("its words do not keep the words of others from being corrected", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [OPEN, { ...SECRET, description: "shered" }]);
    expect(await names(opened.metadata, "shered ")).toEqual(["@acme/open"]);
    expect(await names(opened.metadata, "shered ", { readable: ["acme"] })).toEqual(["@acme/secret"]);
  });

  test("a skill that becomes restricted takes its words with it", async () => {
    await using opened = await open();
    const { metadata } = opened;
    await addDocuments(metadata, [OPEN, { ...SECRET, restricted: false }]);
    expect((await find(metadata, "zeppelln")).corrections).toHaveLength(1);
    const id = (await metadata.package(SECRET.name))?.id ?? 0;
    await metadata.transaction((tx) => tx.putSearchDocument(id, SECRET));
    expect((await find(metadata, "zeppelln")).corrections).toEqual([]);
    await metadata.transaction((tx) => tx.putSearchDocument(id, { ...SECRET, restricted: false }));
    expect((await find(metadata, "zeppelln")).corrections).toHaveLength(1);
  });

  test("dependents are those that may be found, by name", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const needing = ["@globex/b", "@globex/a"].map((name) =>
      sampleDocument(name, { dependencies: ["@acme/open", "@acme/none"] }),
    );
    await addDocuments(metadata, [OPEN, SECRET, ...needing]);
    expect(await metadata.dependents("@acme/open", [], 10)).toEqual(["@globex/a", "@globex/b"]);
    expect(await metadata.dependents("@acme/open", ["acme"], 2)).toEqual(["@acme/secret", "@globex/a"]);
    expect(await metadata.dependents("@acme/nobody", [], 10)).toEqual([]);
    const id = (await metadata.package("@globex/a"))?.id ?? 0;
    await metadata.transaction((tx) => tx.putSearchDocument(id, sampleDocument("@globex/a")));
    expect(await metadata.dependents("@acme/open", [], 10)).toEqual(["@globex/b"]);
  });

  test("a package that was never indexed is not there", async () => {
    await using opened = await open();
    await addPackage(opened.metadata, "@acme/empty");
    expect((await find(opened.metadata, "")).total).toBe(0);
  });
}

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

  test("a reader of the skill alone finds it, and nothing else of its namespace", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const other = { ...SECRET, name: "@acme/secret-2" };
    await addDocuments(metadata, [OPEN, SECRET, other]);
    const readable = ["@acme/secret", "globex", "@globex/secret-2"];
    for (const text of ["shared", "", "keyword:common", "common -unicorn", "zeppelin quixotic missing"]) {
      const page = await find(metadata, text, { readable, sort: "name", facets: true });
      const found = page.hits.map(({ name }) => name);
      expect(found.filter((name) => name !== "@acme/open")).toEqual(["@acme/secret"]);
      expect(page.total).toBe(found.length);
      expect(page.facets?.namespace).toEqual([{ value: "acme", count: found.length }]);
    }
    expect(await metadata.dependents("@acme/open", readable, 10)).toEqual(["@acme/secret"]);
    const both = ["@acme/secret", "@acme/secret-2"];
    expect((await find(metadata, "zeppelin", { readable: both })).total).toBe(2);
    expect((await find(metadata, "secret-2", { readable: ["@acme/secret-2"] })).hits).toMatchObject([
      { name: "@acme/secret-2" },
    ]);
  });

  test("its words do not keep the words of others from being corrected", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [OPEN, { ...SECRET, description: "shered" }]);
    expect(await names(opened.metadata, "shered ")).toEqual(["@acme/open"]);
    expect(await names(opened.metadata, "shered ", { readable: ["acme"] })).toEqual(["@acme/secret"]);
  });

  test("a word that its text alone begins with does not keep others from being corrected", async () => {
    await using opened = await open();
    await addDocuments(opened.metadata, [OPEN, sampleDocument("@globex/near", { description: "zeppelix" })]);
    const before = await find(opened.metadata, "zeppelir");
    expect(before).toMatchObject({ total: 1, corrections: [{ word: "zeppelir", corrected: ["zeppelix"] }] });
    await addDocuments(opened.metadata, [{ ...SECRET, description: "shared", body: "zeppelirium" }]);
    expect(await find(opened.metadata, "zeppelir")).toEqual(before);
    expect(await names(opened.metadata, "zeppelir", { readable: ["acme"] })).toEqual(["@acme/secret"]);
  });

  test.each(["zeppelin fuselage", "zeppelin unicorn fuselage"])(
    "order and scores of what others find by %s do not tell that it has the word",
    async (text) => {
      await using opened = await open();
      const probes = ["zeppelin", "fuselage"].flatMap((word) => [
        sampleDocument(`@globex/${word}`, { description: "probe", body: word }),
        sampleDocument(`@globex/${word}-head`, { description: word }),
      ]);
      const hidden = { ...SECRET, name: "@acme/other", description: "quiet", body: "nothing" };
      await addDocuments(opened.metadata, [OPEN, hidden, ...probes]);
      const before = await find(opened.metadata, text);
      expect(before).toMatchObject({ total: 4, relaxed: true });
      await addDocuments(opened.metadata, [SECRET, { ...SECRET, name: "@acme/zeppelins" }]);
      expect(await find(opened.metadata, text)).toEqual(before);
      expect((await find(opened.metadata, text, { readable: ["acme"] })).total).toBe(6);
    },
  );

  test("what has none but the last of many words is scored, too", async () => {
    await using opened = await open();
    const many = Array.from({ length: 9 }, (_, at) => `word${"abcdefghi"[at]}`);
    const first = sampleDocument("@globex/first", { description: many.slice(0, 8).join(" ") });
    const last = sampleDocument("@globex/last", { description: many[8] ?? "", keywords: ["narrow"] });
    await addDocuments(opened.metadata, [SECRET, first, last]);
    const found = await find(opened.metadata, `${many.join(" ")} keyword:narrow`);
    expect(found).toMatchObject({ relaxed: true, hits: [{ name: "@globex/last", score: 1 }] });
    expect(found.hits[0]?.reason.text).toBe(1);
  });

  test("others do not see in facets how it writes a value, its readers see one value", async () => {
    await using opened = await open();
    const keyword = async (readable: string[]): Promise<unknown> =>
      (await find(opened.metadata, "", { readable, facets: true })).facets?.keyword;
    await addDocuments(opened.metadata, [
      { ...SECRET, keywords: ["Project-X"] },
      sampleDocument("@globex/probe", { keywords: ["project-x"] }),
    ]);
    expect(await keyword([])).toEqual([{ value: "project-x", count: 1 }]);
    expect(await keyword(["acme"])).toEqual([{ value: "Project-X", count: 2 }]);
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

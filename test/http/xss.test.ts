import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { xssCases } from "../fixtures/xss/cases.ts";
import { fetchPage, publishFiles } from "../support/fetch-page.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { descendants } from "../support/strict-html.ts";

/** Values for every field that a page shows; none may end up as anything but text. */
const VALUES = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "javascript:alert(1)",
  "</title></head><body onload=alert(1)>",
  "&lt;script&gt;&#x3c;svg/onload=alert(1)&#62;",
  "${alert(1)} {{7*7}} <%= 1 %>",
];
const ALL = VALUES.join(" ");
const SKILL = "/skills/acme/hostile";

describe("a hostile skill on real pages", () => {
  let registry: TestRegistry;
  const texts = xssCases
    .map(({ markdown }) => markdown)
    .filter((markdown) => !/[\u0000\u0001\ufeff\u202e]/.test(markdown));

  beforeAll(async () => {
    registry = await startRegistry();
    const token = await registry.account("acme");
    const frontmatter = [
      "name: hostile",
      `description: ${JSON.stringify(ALL)}`,
      `license: ${JSON.stringify(VALUES[1])}`,
      `compatibility: ${JSON.stringify(ALL)}`,
      "metadata:",
      `  author: ${JSON.stringify(ALL)}`,
      `  ${JSON.stringify(VALUES[0])}: ${JSON.stringify(ALL)}`,
    ].join("\n");
    const publish = async (version: string, more: Record<string, string>): Promise<void> =>
      await publishFiles(registry, token, {
        name: "@acme/hostile",
        version,
        files: {
          "SKILL.md": `---\n${frontmatter}\n---\n\n${texts.join("\n\n")}\n`,
          "a' onmouseover='alert(1)&lt;b&gt;.md": `${ALL}\n`,
          "drawing.svg":
            '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>\n',
          "page.html": `${ALL}\n`,
          "fake.png": ALL,
          ...more,
        },
        manifest: {
          description: ALL,
          keywords: VALUES,
          homepage: `https://example.com/?"><script>alert(1)</script>`,
          repository: "javascript:alert(1)//github.com/acme/x",
          author: ALL,
        },
      });
    await publish("1.0.0", { "notes.md": "one\n" });
    await publish("1.0.1", { "notes.md": `${ALL}\n` });
    const packument: unknown = await (await registry.fetch("/@acme%2fhostile", { token })).json();
    const changed = JSON.parse(JSON.stringify(packument));
    changed.versions["1.0.0"].deprecated = ALL;
    await registry.fetch("/@acme%2fhostile", { method: "PUT", token, body: JSON.stringify(changed) });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  it.each([
    "/",
    `/search?q=${encodeURIComponent(VALUES[0] ?? "")}`,
    `/search?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}&namespace=${encodeURIComponent("'><b>")}`,
    "/search?q=hostile",
    "/skills/acme",
    SKILL,
    `${SKILL}/v/1.0.0`,
    `${SKILL}/versions`,
    `${SKILL}/diff/1.0.0...1.0.1`,
    `${SKILL}/v/1.0.1/files`,
    `${SKILL}/v/1.0.1/files/SKILL.md`,
    `${SKILL}/v/1.0.1/files/SKILL.md?view=source`,
    `${SKILL}/v/1.0.1/files/drawing.svg`,
    `${SKILL}/v/1.0.1/files/page.html`,
    `${SKILL}/v/1.0.1/files/fake.png`,
    `${SKILL}/v/1.0.1/files/package.json`,
    `${SKILL}/v/1.0.1/files/${encodeURIComponent("a' onmouseover='alert(1)&lt;b&gt;.md")}`,
    `/login?next=${encodeURIComponent(`/"><script>alert(1)</script>`)}`,
    "/skills/%3Cscript%3E/x",
    `/${encodeURIComponent("<script>alert(1)<")}`,
  ])("%s is strict HTML without script, style or anything from elsewhere", async (path) => {
    // fetchPage expects it of every page.
    const { root, status } = await fetchPage(registry, path);
    expect([path, status]).toEqual([
      path,
      path.includes("%3Cscript%3E/") || path.startsWith("/%3C") ? 404 : 200,
    ]);
    const loaded = [...descendants(root)].filter(
      ({ tag }) => tag === "img" || tag === "script" || tag === "link",
    );
    for (const { attributes } of loaded) {
      expect(attributes["src"] ?? attributes["href"]).toMatch(/^\/(assets\/|api\/skills\/acme\/hostile\/)/);
    }
  });

  it("shows the addresses of package.json only when they are web addresses", async () => {
    const { root } = await fetchPage(registry, SKILL);
    const links = [...descendants(root)].flatMap(({ attributes }) => attributes["href"] ?? []);
    expect(links.filter((href) => /^(javascript|data|vbscript):/i.test(href))).toEqual([]);
    expect(links).toContain("https://example.com/?%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
  });

  it.each(["drawing.svg", "page.html", "fake.png"])("serves %s as what cannot run", async (file) => {
    const answer = await registry.fetch(`/api${SKILL}/1.0.1/files/${file}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  });
});

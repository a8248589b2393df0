import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../plugin/src/http/routes.ts";
import type { StatsAnswer } from "../../schema/src/index.ts";
import { giveRun, giveToken } from "../support/give-token.ts";
import { jsonOf } from "../support/json.ts";
import { type OrgRegistry, startOrgRegistry } from "../support/org.ts";
import { publishBody, publishDocument } from "../support/publish-body.ts";
import { buildSkill, type SkillOptions } from "../support/skill.ts";

/** A word that only the restricted skill has. */
const WORD = "zyzzogeton";
/** Of every kind that npm sends to the address of a skill. */
const BODIES = [
  "{}",
  JSON.stringify(publishBody({ name: "@acme/SKILL" })),
  JSON.stringify({ _rev: "1", name: "@acme/SKILL", versions: {} }),
  JSON.stringify({ users: { mallory: true } }),
  JSON.stringify({ maintainers: [{ name: "mallory" }] }),
];
const IMMUTABLE = "max-age=31536000, immutable";

describe("a restricted skill", () => {
  let registry: OrgRegistry;
  let owner: string;
  let stranger: string;
  let operator: string;
  /** Good for another skill of the same namespace alone. */
  let limited: string;
  let run: string;
  const called: string[] = [];

  beforeAll(async () => {
    registry = await startOrgRegistry({
      settings: (settings) => ({
        ...settings,
        registry: { ...settings.registry, operators: ["otto"], requestsPerMinute: 1_000_000 },
      }),
      watch: (method) => called.push(method),
    });
    owner = await registry.account("acme");
    stranger = await registry.account("mallory");
    operator = await registry.account("otto");
    await put({ name: "@acme/shown", manifest: { keywords: ["letters"] } }, "public");
    await put(
      {
        name: "@acme/veiled",
        description: `Knows about the ${WORD}.`,
        body: `The ${WORD} is a plant hopper.`,
        manifest: { keywords: ["letters", WORD], dependencies: { "@acme/shown": "^1.0.0" } },
      },
      "restricted",
    );
    await registry.fetch("/api/skills/acme/veiled/like", { method: "PUT", token: owner });
    await (await registry.fetch("/@acme/veiled/-/veiled-1.0.0.tgz", { token: owner })).arrayBuffer();
    [limited, run] = await registry.stores.metadata.transaction(async (tx) => {
      const accountId = (await tx.account("acme"))?.id ?? 0;
      const packages = ["@acme/shown"];
      return [await giveToken(tx, { accountId, packages }), await giveRun(tx, "@acme/shown")];
    });
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function put(skill: SkillOptions & { name: string }, access: string): Promise<void> {
    const { name } = skill;
    const manifest = { name, version: "1.0.0", license: "MIT", ...skill.manifest };
    const document = { ...publishDocument(manifest, buildSkill(skill).tarball), access };
    const answer = await registry.fetch(`/${name.replace("/", "%2f")}`, {
      method: "PUT",
      token: owner,
      body: JSON.stringify(document),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
  }

  interface Told {
    status: number;
    headers: [string, string][];
    body: string;
  }

  /** Whatever a client can see of an answer, without what differs between any two. */
  async function tell(path: string, init: RequestInit & { token?: string }): Promise<Told> {
    const answer = await registry.fetch(path, { redirect: "manual", ...init });
    const changing = new Set([
      "date",
      "x-request-id",
      "x-ratelimit-remaining",
      "ratelimit",
      "ratelimit-remaining",
    ]);
    const body = (await answer.text()).replaceAll(/urn:uuid:[\w-]+/g, "");
    return {
      status: answer.status,
      headers: [...answer.headers].filter(([name]) => !changing.has(name)),
      body,
    };
  }

  const about = routes.filter(({ path }) => /:package|:skill/.test(path));
  /** The address of the route for a skill of the same length of name. */
  const addressOf = (path: string, skill: string): string =>
    path
      .replace(":package", `@acme%2f${skill}`)
      .replace(":namespace/:skill", `acme/${skill}`)
      .replace(":period", "last-week")
      .replace(":file", `${skill}-1.0.0.tgz`)
      .replace(":range", "1.0.0...1.0.0")
      .replace(":version", "1.0.0")
      .replace("*path", "SKILL.md")
      .replace(/:[a-z]+/, "1");

  it.each(about)("is told from a missing one by nothing: $method $path", async ({ path, method }) => {
    for (const accept of ["*/*", "text/html"]) {
      for (const token of [undefined, stranger, operator, limited, run]) {
        for (const body of method === "PUT" || method === "POST" ? BODIES : [undefined]) {
          const init = (skill: string): RequestInit & { token?: string } => ({
            method,
            headers: { accept, origin: registry.url, "content-type": "application/json" },
            ...(token === undefined ? {} : { token }),
            ...(body === undefined ? {} : { body: body.replaceAll("SKILL", skill) }),
          });
          const missing = await tell(addressOf(path, "absent"), init("absent"));
          const veiled = await tell(addressOf(path, "veiled"), init("veiled"));
          const renamed = JSON.parse(JSON.stringify(veiled).replaceAll("veiled", "absent"));
          expect(renamed).toEqual(missing);
          expect(JSON.stringify(veiled)).not.toContain(WORD);
        }
      }
    }
  });

  it.each([["nobody"], ["a stranger"]])(
    "costs %s the same questions to the database as a missing one",
    async (who) => {
      const ask = async (path: string): Promise<string[]> => {
        called.length = 0;
        await tell(path, who === "nobody" ? {} : { token: stranger });
        return [...called];
      };
      for (const path of ["/@acme%2fabsent", "/api/skills/acme/absent", "/skills/acme/absent"]) {
        const missing = await ask(path);
        expect(missing).toContain("package");
        expect(await ask(path.replace("absent", "veiled")), path).toEqual(missing);
      }
    },
  );

  it("is in no list, count, facet or correction but its readers'", async () => {
    const search = async (text: string, token?: string): Promise<unknown> => {
      const answer = await registry.fetch(
        `/api/skills?facets=true&q=${text}`,
        token === undefined ? {} : { token },
      );
      const { total, facets, corrections, relaxed } = await jsonOf<Record<string, unknown>>(answer);
      return { total, facets, corrections, relaxed };
    };
    const letters = { value: "letters", count: 1 };
    for (const token of [undefined, stranger, operator, limited, run]) {
      expect(await search(WORD, token)).toEqual(await search("qwertzuiop", token));
      expect(await search("zyzzogetom", token)).toMatchObject({ total: 0, corrections: [] });
      expect(await search("", token)).toMatchObject({ total: 1, facets: { keyword: [letters] } });
      expect(await search("namespace:acme", token)).toMatchObject({ total: 1 });
    }
    expect(await search(WORD, owner)).toMatchObject({ total: 1 });
    expect(await search("", owner)).toMatchObject({ total: 2 });
  });

  it("counts in no sum that others see", async () => {
    const { skills, likes, downloads } = await jsonOf<StatsAnswer>(
      registry.fetch("/api/stats", { token: owner }),
    );
    expect({ skills, likes, total: downloads.total }).toEqual({ skills: 1, likes: 0, total: 0 });
    const namespace = async (token: string): Promise<unknown> =>
      await jsonOf(registry.fetch("/api/namespaces/acme", { token }));
    expect(await namespace(stranger)).toMatchObject({ total: 1, likes: 0 });
    expect(await namespace(owner)).toMatchObject({ total: 2, likes: 1 });
  });

  it("is on no page, in no list of likes and among no dependents but its readers'", async () => {
    const places = [
      "/",
      "/search?q=",
      "/skills/acme",
      "/skills/acme/shown",
      "/api/skills/acme/shown",
      "/-/v1/search?text=",
      "/-/_view/starredByUser?key=%22acme%22",
      "/-/user/acme/package",
    ];
    for (const path of places) {
      const headers = { accept: path.startsWith("/-/") || path.startsWith("/api/") ? "*/*" : "text/html" };
      for (const token of [undefined, stranger, operator]) {
        const { body, status } = await tell(path, { headers, ...(token === undefined ? {} : { token }) });
        expect(status, path).toBe(200);
        expect(body, path).not.toContain("acme/veiled");
      }
      expect((await tell(path, { headers, token: owner })).body, path).toContain("acme/veiled");
    }
  });

  it("says on its pages and in its documents that it is restricted", async () => {
    const headers = { accept: "text/html" };
    for (const path of ["/skills/acme/veiled", "/skills/acme", "/account", "/search?q="]) {
      expect((await tell(path, { headers, token: owner })).body, path).toMatch(
        /class="badge[^"]*">restricted</,
      );
    }
    expect(await jsonOf(registry.fetch("/api/skills/acme/veiled", { token: owner }))).toMatchObject({
      visibility: "restricted",
    });
    expect(await jsonOf(registry.fetch("/api/skills/acme/shown"))).toMatchObject({ visibility: "public" });
  });

  it("stays out of caches that serve others", async () => {
    const control = async (path: string, token?: string): Promise<string> =>
      (await registry.fetch(path, token === undefined ? {} : { token })).headers.get("cache-control") ?? "";
    for (const [path, kept] of [
      ["/@acme%2fveiled", "private, no-cache"],
      ["/@acme%2fveiled/1.0.0", "private, no-cache"],
      ["/@acme/veiled/-/veiled-1.0.0.tgz", `private, ${IMMUTABLE}`],
      ["/api/skills/acme/veiled", "private, no-cache"],
      ["/api/skills/acme/veiled/1.0.0/files", `private, ${IMMUTABLE}`],
      ["/api/skills/acme/veiled/1.0.0/files/SKILL.md", `private, ${IMMUTABLE}`],
      ["/api/skills/acme/veiled/diff/1.0.0...1.0.0", `private, ${IMMUTABLE}`],
      ["/-/package/@acme%2fveiled/dist-tags", "private, no-cache"],
      ["/-/v1/search?text=veiled", "private, no-cache"],
      ["/api/skills?q=veiled", "private, no-cache"],
      ["/api/namespaces/acme", "private, no-cache"],
      ["/skills/acme/veiled", "private, no-store"],
    ] as const) {
      expect(await control(path, owner), path).toBe(kept);
      expect(await control(path.replaceAll("veiled", "shown")), path).not.toContain("private");
    }
    expect(await control("/@acme/shown/-/shown-1.0.0.tgz", owner)).toBe(`public, ${IMMUTABLE}`);
    expect(await control("/@acme/shown/-/shown-1.0.0.tgz")).toBe(`public, ${IMMUTABLE}`);
    expect(await control("/@acme%2fveiled")).toBe("no-store");
  });

  it("is not given to others from what was kept for its readers", async () => {
    const path = "/@acme%2fveiled";
    const first = await registry.fetch(path, { token: owner });
    const etag = first.headers.get("etag") ?? "";
    expect(first.status).toBe(200);
    for (const token of [undefined, stranger]) {
      const again = await registry.fetch(path, {
        headers: { "if-none-match": etag },
        ...(token === undefined ? {} : { token }),
      });
      expect(again.status).toBe(404);
    }
    expect((await registry.fetch(path, { token: owner, headers: { "if-none-match": etag } })).status).toBe(
      304,
    );
  });

  it("is given to nobody by the names of its files or of its bytes", async () => {
    for (const init of [{}, { token: stranger }, { method: "HEAD" }, { headers: { range: "bytes=0-9" } }]) {
      expect((await registry.fetch("/@acme/veiled/-/veiled-1.0.0.tgz", init)).status).toBe(404);
    }
  });
});

describe("the page and the document of an org", () => {
  it("name its people to those alone who belong to it, and are there without skills, too", async () => {
    await using registry = await startOrgRegistry();
    const [jane, mallory] = [await registry.account("jane"), await registry.account("mallory")];
    await registry.org("firm", { jane: "owner" });
    const read = async (token: string): Promise<unknown> =>
      await jsonOf(registry.fetch("/api/namespaces/firm", { token }));
    expect(await read(jane)).toMatchObject({
      kind: "org",
      members: [{ name: "jane", role: "owner" }],
      total: 0,
    });
    expect(await read(mallory)).toMatchObject({ kind: "org", members: [], total: 0 });
    const page = async (token: string): Promise<string> =>
      await (await registry.fetch("/skills/firm", { token, headers: { accept: "text/html" } })).text();
    expect(await page(jane)).toContain('href="/skills/jane"');
    expect(await page(mallory)).toContain("has published nothing that you may see");
    expect(await page(mallory)).not.toContain('href="/skills/jane"');
    expect((await registry.fetch("/api/namespaces/no-such-org")).status).toBe(404);
  });

  it("are found under the old name of the org, too", async () => {
    await using registry = await startOrgRegistry();
    await registry.account("jane");
    await registry.org("firm", { jane: "owner" });
    const { metadata } = registry.stores;
    const at = new Date().toISOString();
    await metadata.transaction((tx) =>
      tx.renameNamespace("firm", { name: "company", skeleton: "company", at }),
    );
    for (const path of ["/api/namespaces/", "/skills/"]) {
      const sent = await registry.fetch(`${path}firm`, { redirect: "manual" });
      expect([sent.status, sent.headers.get("location")]).toEqual([308, `${path}company`]);
      expect((await registry.fetch(`${path}firm`)).status).toBe(200);
    }
  });
});

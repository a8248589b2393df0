import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRegistry, startApiRegistry } from "../support/api-skills.ts";
import { jsonOf } from "../support/json.ts";

describe("the answers of the REST API", () => {
  let registry: ApiRegistry;

  beforeAll(async () => {
    registry = await startApiRegistry();
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it("shows a skill whole: the latest version, all versions, links, cost and use", async () => {
    const skill = await jsonOf(registry.fetch("/api/skills/@acme/letters"));
    expect(skill).toMatchObject({
      name: "@acme/letters",
      version: "1.1.0",
      isLatest: true,
      tags: { latest: "1.1.0" },
      versions: [{ version: "1.1.0" }, { version: "1.0.0" }],
      description: "Letters to clients.",
      keywords: ["letters", "law", "clients"],
      license: "MIT",
      authors: ["Jane Doe"],
      agents: ["claude-code"],
      repository: "https://github.com/acme/skills/tree/HEAD/letters",
      bugs: "https://example.com/bugs",
      homepage: null,
      hasScripts: false,
      skills: [{ path: "", name: "letters", description: "Writes letters.", manifest: { license: "MIT" } }],
      context: { description: expect.any(Number), body: expect.any(Number) },
      dependencies: { "@acme/sample": "^1.0.0" },
      dependents: [],
      likes: 0,
      liked: false,
      dist: { tarball: `${registry.url}/@acme/letters/-/letters-1.1.0.tgz` },
    });
    const { downloads } = await jsonOf<{ downloads: { total: number; days: unknown[] } }>(
      registry.fetch("/api/skills/acme/sample"),
    );
    expect(downloads.days).toHaveLength(30);
    expect(await jsonOf(registry.fetch("/api/skills/acme/sample"))).toMatchObject({
      dependents: ["@acme/letters"],
    });
  });

  it("shows every skill of a pack, by the folder it is in, whatever its frontmatter says", async () => {
    expect(await jsonOf(registry.fetch("/api/skills/acme/office"))).toMatchObject({
      description: "Writes letters. Writes memos.",
      compatibility: null,
      skills: [
        { path: "skills/letters", name: "letters", manifest: { license: "MIT" } },
        { path: "skills/memos", name: "memos", description: "Writes memos." },
      ],
      // Names and descriptions have 24 and 20 characters, the bodies 400 each.
      context: { description: 6 + 5, body: 200 },
    });
  });

  it("gives a version by number, dist-tag and range", async () => {
    const versionOf = async (wanted: string): Promise<unknown> =>
      (await jsonOf<{ version: unknown }>(registry.fetch(`/api/skills/acme/letters/${wanted}`))).version;
    expect(await versionOf("1.0.0")).toBe("1.0.0");
    expect(await versionOf("latest")).toBe("1.1.0");
    expect(await versionOf("%5E1")).toBe("1.1.0");
    expect(await versionOf("~1.0.0")).toBe("1.0.0");
  });

  it("pages through all hits once, in the order of one page, and leads on with a Link header", async () => {
    const whole = await page("/api/skills?q=&sort=name&limit=100");
    const names: string[] = [];
    let path: string | null = "/api/skills?q=&sort=name&limit=1";
    while (path !== null) {
      const answer = await registry.fetch(path);
      const found: Found = await jsonOf(answer);
      expect(found.total).toBe(whole.total);
      names.push(...found.hits.map(({ name }) => name));
      const link = /^<(.+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1] ?? null;
      expect(link === null).toBe(found.next === null);
      path = link === null ? null : link.slice(registry.url.length);
    }
    expect(names).toEqual(whole.hits.map(({ name }) => name));
    expect(new Set(names).size).toBe(whole.total);
  });

  interface Found {
    total: number;
    hits: { name: string; reason?: unknown; highlights: { name: { text: string; marks: unknown[] } } }[];
    facets?: unknown;
    next: string | null;
  }

  async function page(path: string): Promise<Found> {
    return await jsonOf(registry.fetch(path));
  }

  it("marks what matched, and counts facets and explains only when asked", async () => {
    const plain = await page("/api/skills?q=letters");
    expect(plain.hits[0]).toMatchObject({
      name: "@acme/letters",
      highlights: { name: { text: "@acme/letters", marks: [[6, 13]] } },
    });
    expect(plain.hits[0]).not.toHaveProperty("reason");
    expect(plain).not.toHaveProperty("facets");
    const more = await page("/api/skills?q=letters&facets=true&explain=true");
    expect(more.hits[0]?.reason).toMatchObject({ level: expect.any(Number) });
    expect(more.facets).toMatchObject({ namespace: [{ value: "acme", count: expect.any(Number) }] });
  });

  it("answers a cursor only with the query it came from", async () => {
    const { next } = await page("/api/skills?q=&sort=name&limit=1");
    const cursor = next ?? "";
    expect((await registry.fetch(`/api/skills?sort=name&limit=2&cursor=${cursor}`)).status).toBe(200);
    const forged = Buffer.from(JSON.stringify([1, "x"])).toString("base64url");
    for (const query of [
      `cursor=${cursor}`,
      `sort=name&q=letters&cursor=${cursor}`,
      "cursor=",
      "cursor=1",
      `cursor=${forged}`,
    ]) {
      const answer = await registry.fetch(`/api/skills?${query}`);
      expect(answer.status, query).toBe(400);
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('"cursor"') });
    }
  });

  it("adds up a namespace, its owner and its skills", async () => {
    await registry.fetch("/api/skills/acme/sample/like", { method: "PUT", token: registry.token });
    const namespace = await jsonOf(registry.fetch("/api/namespaces/@acme?limit=1"));
    expect(namespace).toMatchObject({
      name: "acme",
      members: [{ name: "acme" }],
      likes: 1,
      skills: [{ name: "@acme/letters" }],
      next: expect.any(String),
    });
    const empty = await registry
      .account("empty")
      .then(async () => await registry.fetch("/api/namespaces/empty"));
    expect(await empty.json()).toMatchObject({ name: "empty", total: 0, skills: [], next: null });
  });
});

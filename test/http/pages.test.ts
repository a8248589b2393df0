import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { type PublishBodyOptions, publishBody, publishDocument } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { buildSkill, packageTarball } from "../support/skill.ts";

const BROWSER = { accept: "text/html,application/xhtml+xml" };

async function put(registry: TestRegistry, token: string, document: { name: string }): Promise<void> {
  const answer = await registry.fetch(`/${document.name.replace("/", "%2f")}`, {
    method: "PUT",
    token,
    body: JSON.stringify(document),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function publishSample(
  registry: TestRegistry,
  token: string,
  options: PublishBodyOptions,
): Promise<void> {
  await put(registry, token, publishBody(options));
}

describe("the pages of an empty registry", () => {
  it("tell how to publish the first skill, and greet who is no browser with text", async () => {
    await using registry = await startRegistry();
    const page = await (await registry.fetch("/", { headers: BROWSER })).text();
    expect(page).toContain(`npm publish --registry=${registry.url}/`);
    expect(page).toContain("skills publish ./my-skill");
    const greeting = await registry.fetch("/");
    expect(greeting.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect((await registry.fetch("/search", { headers: BROWSER })).status).toBe(200);
  });
});

describe("pages", () => {
  let registry: TestRegistry;
  let token: string;

  type Init = Omit<RequestInit, "headers"> & { headers?: Record<string, string> };
  const get = async (path: string, init: Init = {}): Promise<Response> =>
    await registry.fetch(path, { redirect: "manual", ...init, headers: { ...BROWSER, ...init.headers } });
  /** Without the line breaks that templates leave inside of tags. */
  const tidy = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll(/ ?(\/?>)/g, "$1");
  const read = async (path: string, init: Init = {}): Promise<string> =>
    tidy(await (await get(path, init)).text());
  const session = (): Record<string, string> => ({ cookie: `skills-session=${token}` });

  beforeAll(async () => {
    registry = await startRegistry();
    token = await registry.account("acme");
    await publishSample(registry, token, { name: "@acme/alpha", version: "1.0.0" });
    await publishSample(registry, token, { name: "@acme/alpha", version: "1.1.0" });
    const manifest = {
      name: "@acme/contract-review",
      version: "1.0.0",
      license: "MIT",
      keywords: ["legal", `"><script>alert(1)</script>`],
      dependencies: { "@acme/alpha": "^1.0.0" },
      repository: "github:acme/skills",
      homepage: "https://example.com/review",
    };
    const { tarball } = buildSkill({
      name: manifest.name,
      manifest,
      description: "Reviews <b>contracts</b> & letters.",
      body: "# Review\n\nRead it twice, says the [guide](references/guide.md).",
      frontmatter: "compatibility: Claude Code\nmetadata:\n  author: Jo",
      files: { "references/guide.md": "Slowly.", "scripts/run.sh": "echo" },
    });
    await put(registry, token, publishDocument(manifest, tarball));
    const pack = { name: "@acme/office", version: "1.0.0", license: "MIT" };
    const skill = (name: string): string =>
      `---\nname: ${name}\ndescription: Writes ${name}.\nlicense: MIT\n---\nDo.\n`;
    const packed = packageTarball({
      "package.json": JSON.stringify(pack),
      "skills/letters/SKILL.md": skill("letters"),
      "skills/minutes/SKILL.md": skill("minutes"),
    });
    await put(registry, token, publishDocument(pack, packed));
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it("load nothing of others, and run nothing inline", async () => {
    for (const path of [
      "/",
      "/search?q=review",
      "/skills/acme",
      "/skills/acme/contract-review",
      "/nowhere/at/all",
    ]) {
      const answer = await get(path);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(answer.headers.get("set-cookie")).toBeNull();
      const text = await answer.text();
      expect(text).not.toMatch(/<[^>]+ (?:src|srcset|data|poster)="?(?:https?:)?\/\//);
      expect(text).not.toMatch(/<link[^>]+href="?(?:https?:)?\/\/|<style|\sstyle=|\son\w+=|<script>/);
    }
  });

  it("bring assets that may be kept for ever under an address that changes with them", async () => {
    const text = await read("/");
    const addresses = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, address]) => address ?? "");
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      const answer = await get(address);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toContain("immutable");
    }
    expect((await get("/assets/style.css")).status).toBe(404);
  });

  it("are revalidated for everybody, and kept by nobody for who is logged in", async () => {
    const first = await get("/skills/acme/alpha");
    const etag = first.headers.get("etag") ?? "";
    expect((await get("/skills/acme/alpha", { headers: { "if-none-match": etag } })).status).toBe(304);
    const own = await get("/skills/acme/alpha", { headers: session() });
    expect(own.headers.get("cache-control")).toBe("private, no-store");
    expect(own.headers.get("etag")).toBeNull();
    expect(await own.text()).toContain("Log out");
  });

  it("link only to what is there", async () => {
    const seen = new Set(["/"]);
    for (const path of seen) {
      if (seen.size > 150) break;
      const answer = await get(path);
      expect([200, 303], path).toContain(answer.status);
      const links = (await answer.text()).matchAll(/<a\b[^>]*? href="(\/[^"#]*)/g);
      // Filters of filters never end.
      for (const [, href = ""] of path.startsWith("/search?") ? [] : links)
        seen.add(href.replaceAll("&amp;", "&"));
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  describe("home", () => {
    it("lists skills, namespaces and a search field", async () => {
      const text = await read("/");
      for (const part of [
        "Newest",
        "Most used",
        'href="/skills/acme"',
        'href="/skills/acme/alpha"',
        'id="q"',
      ]) {
        expect(text).toContain(part);
      }
    });
  });

  describe("the search page", () => {
    it("marks what was searched for, in a snippet of the text too", async () => {
      const text = await read("/search?q=twice");
      expect(text).toContain("<mark>twice</mark>");
      expect(text).toContain('href="/skills/acme/contract-review"');
      expect(text).not.toContain('href="/skills/acme/alpha"');
    });

    it("has the hits of npm search, in their order", async () => {
      for (const q of ["sample", "skill", "review contracts", "namespace:acme", ""]) {
        const query = new URLSearchParams({ text: q });
        const npm = await jsonOf<{ objects: { package: { links: { npm: string } } }[] }>(
          registry.fetch(`/-/v1/search?${query}`),
        );
        const text = await read(`/search?q=${encodeURIComponent(q)}`);
        const links = [...text.matchAll(/class="hit-link" href="([^"]+)"/g)].map(
          ([, href]) => `${registry.url}${href}`,
        );
        expect(links).toEqual(npm.objects.map((found) => found.package.links.npm));
      }
    });

    it("narrows by a filter, and offers to take it away", async () => {
      const text = await read("/search?keyword=legal");
      expect(text).toContain("<strong>1 skill</strong>");
      expect(text).toMatch(/href="\/search"[^>]*><span class="visually-hidden">Remove the filter/);
    });

    it("sends only the results while somebody types", async () => {
      const text = await read("/search?q=alph&part=results");
      expect(text).not.toContain("<html");
      expect(text).toContain('href="/skills/acme/alpha"');
    });

    it("says which words it looked for in the place of a misspelt one, and marks them", async () => {
      const text = await read("/search?q=contratc");
      expect(text).toMatch(/No skill has “contratc”: showing ?<strong>/);
      expect(text).toContain("<mark>contract</mark>");
    });

    it("explains how to search when nothing was found", async () => {
      const text = await read("/search?q=zzzzqqqq");
      expect(text).toContain("Nothing found");
      expect(text).toContain("has:scripts");
    });

    it("says why a hit is there when it is asked to", async () => {
      expect(await read("/search?q=alpha&explain=1")).toContain("asked for by name · text");
    });

    it.each([
      "q=a&q=b",
      "page=0",
      "page=-1",
      "page=1e3",
      "page=99999999999",
      "sort=best",
      "explain=yes",
      `q=${"a".repeat(3000)}`,
      "q=updated:>yesterday",
    ])("answers ?%s with a page that says what is wrong", async (query) => {
      const answer = await get(`/search?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("That is not a valid request");
    });

    it.each([
      "q=%00",
      "q=%F0%9F",
      "q=%ED%A0%80",
      "q=')--",
      "q[]=a",
      "keyword=%22%22%22",
      "utm_source=x",
      "q=%22a",
    ])("takes ?%s", async (query) => {
      expect((await get(`/search?${query}`)).status).toBe(200);
    });
  });

  describe("the skill page", () => {
    it("shows what a person needs to decide", async () => {
      const text = await read("/skills/acme/contract-review");
      for (const part of [
        "<h1>contract-review</h1>",
        "skills add @acme/contract-review",
        `npm install @acme/contract-review --registry=${registry.url}/`,
        'href="https://github.com/acme/skills" rel="nofollow noopener noreferrer"',
        'href="/skills/acme/contract-review/v/1.0.0/files/references/guide.md"',
        'href="/search?agent=claude-code"',
        'href="/skills/acme/alpha"',
        "with scripts",
        "tokens when used",
      ]) {
        expect(text).toContain(part);
      }
      expect(await read("/skills/acme/alpha")).toContain('href="/skills/acme/contract-review"');
    });

    it("shows the frontmatter as a table", async () => {
      expect(await read("/skills/acme/contract-review")).toMatch(
        /<th scope="row">metadata\.author<\/th>\s*<td>Jo<\/td>/,
      );
    });

    it("escapes what authors write", async () => {
      for (const path of ["/", "/search?q=review", "/skills/acme/contract-review"]) {
        const text = await read(path);
        expect(text).toContain("&lt;b&gt;");
        expect(text).not.toContain("<script>");
      }
    });

    it("shows another version than the latest, and says so", async () => {
      const text = await read("/skills/acme/alpha/v/1.0.0");
      expect(text).toContain("skills add @acme/alpha@1.0.0");
      expect(text).toContain("The latest is 1.1.0");
    });

    it("lists the skills of a pack", async () => {
      const text = await read("/skills/acme/office");
      expect(text).toContain("Skills in this pack");
      expect(text).toContain('href="/skills/acme/office/v/1.0.0/files/skills/letters/SKILL.md"');
    });

    it.each([
      "/skills/acme/nothing",
      "/skills/acme/alpha/v/9.9.9",
      "/skills/Acme/alpha",
      "/skills/acme/..%2f",
      "/skills/nobody",
      "/skills/no%20body",
    ])("is a page that says so where there is nothing: %s", async (path) => {
      const answer = await get(path);
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    });

    it("is where browsers are sent that follow an address of the registry, and npm is not", async () => {
      const browser = await get("/@acme%2falpha");
      expect([browser.status, browser.headers.get("location")]).toEqual([302, "/skills/acme/alpha"]);
      expect(browser.headers.get("vary")).toContain("accept");
      expect((await registry.fetch("/@acme%2falpha")).headers.get("content-type")).toContain("json");
    });
  });

  describe("the like button", () => {
    const like = async (liked: string, headers: Record<string, string>): Promise<Response> =>
      await get("/skills/acme/alpha/like", {
        method: "POST",
        body: `liked=${liked}`,
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      });
    const pressed = async (): Promise<string | undefined> => {
      const text = await read("/skills/acme/alpha", { headers: session() });
      return /value="(?:yes|no)" aria-pressed="(\w+)"/.exec(text)?.[1];
    };

    it("leads to the login, and from there back, where nobody is logged in", async () => {
      expect(await read("/skills/acme/alpha")).toContain('href="/login?next=%2Fskills%2Facme%2Falpha"');
      const answer = await like("yes", {});
      expect([answer.status, answer.headers.get("location")]).toEqual([
        303,
        "/login?next=%2Fskills%2Facme%2Falpha%2Flike",
      ]);
      expect((await get("/skills/acme/alpha/like")).headers.get("location")).toBe("/skills/acme/alpha");
    });

    it("likes and takes it back", async () => {
      expect(await pressed()).toBe("false");
      expect((await like("yes", session())).headers.get("location")).toBe("/skills/acme/alpha");
      expect(await pressed()).toBe("true");
      await like("no", session());
      expect(await pressed()).toBe("false");
    });

    it("does not obey forms of other sites, or forms that say something else", async () => {
      const foreign = await like("yes", { ...session(), "sec-fetch-site": "cross-site" });
      expect(foreign.status).toBe(403);
      expect((await like("maybe", session())).status).toBe(400);
      expect(await pressed()).toBe("false");
    });
  });
});

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchPage, logIn, publishFiles, sendForm } from "../support/fetch-page.ts";
import { addLoginElsewhere, startOpenedRegistry } from "../support/opened-registry.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";
import { descendants } from "../support/strict-html.ts";

describe("login, account and operator pages", () => {
  let registry: TestRegistry;
  let token: string;
  /** Cookies of the two accounts. */
  let acme: string;
  let boss: string;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({ ...settings, registry: { ...settings.registry, operators: ["boss"] } }),
    });
    token = await registry.account("acme");
    await registry.account("boss");
    acme = await logIn(registry, "acme");
    boss = await logIn(registry, "boss");
    await publishFiles(registry, token, {
      name: "@acme/contracts",
      version: "1.0.0",
      files: { "SKILL.md": "---\nname: contracts\ndescription: Drafts contracts.\n---\n\nText.\n" },
    });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  it("logs in with a cookie that no script reads and no other site sends", async () => {
    const answer = await sendForm(registry, "/login", {
      fields: { name: "acme", password: PASSWORD, next: "/search?q=a" },
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/search?q=a"]);
    expect(answer.headers.get("set-cookie")).toMatch(
      /^skills-session=skl_[\w-]{49}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/%5cevil.example/..//evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/..//evil.example",
    " //evil.example",
    "/\n/evil.example",
  ])("never leads to another site after a login: %j", async (next) => {
    const answer = await sendForm(registry, "/login", { fields: { name: "acme", password: PASSWORD, next } });
    const location = answer.headers.get("location") ?? "";
    expect(new URL(location, "https://here.example").host).toBe("here.example");
    expect(location).toMatch(/^\/(?![/\\])/);
    const shown = await fetchPage(registry, `/login?next=${encodeURIComponent(next)}`);
    const field = [...descendants(shown.root)].find(({ attributes }) => attributes["name"] === "next");
    expect(field?.attributes["value"]).toMatch(/^\/(?![/\\])/);
  });

  it("tells of a wrong password without saying whether there is such an account", async () => {
    for (const name of ["acme", "nobody"]) {
      const answer = await sendForm(registry, "/login", { fields: { name, password: "wrong wrong" } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("set-cookie")).toBeNull();
      const html = await answer.text();
      expect(html).toMatch(/wrong user name or password/i);
      expect(html).not.toContain("wrong wrong");
    }
  });

  it("registers nobody, also where npm login would", async () => {
    const answer = await sendForm(registry, "/login", { fields: { name: "newcomer", password: PASSWORD } });
    expect(answer.status).toBe(401);
    const again = await sendForm(registry, "/login", { fields: { name: "newcomer", password: PASSWORD } });
    expect(again.status).toBe(401);
  });

  it("lets a guesser try no more often than npm login does, also with many guesses at once", async () => {
    await using own = await startRegistry();
    await own.account("acme");
    const guesses = Array.from({ length: 20 }, async (_, index) => {
      const password = `guess ${index}`;
      if (index % 2 === 0) return await sendForm(own, "/login", { fields: { name: "acme", password } });
      const body = JSON.stringify({ name: "acme", password });
      return await own.fetch("/-/user/org.couchdb.user:acme", { method: "PUT", body });
    });
    const answers = await Promise.all(guesses);
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    for (const { headers } of throttled) {
      expect(headers.get("retry-after")).toMatch(/^\d+$/);
    }
  });

  it.each([
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "same-site" },
  ])("takes no form that another site sends: %j", async (headers) => {
    for (const path of [
      "/login",
      "/logout",
      "/account/tokens",
      "/account/tokens/x/revoke",
      "/skills/acme/contracts/like",
    ]) {
      const answer = await sendForm(registry, path, {
        fields: { name: "acme", password: PASSWORD, liked: "yes" },
        cookie: acme,
        headers,
      });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect((await fetchPage(registry, "/account", acme)).status).toBe(200);
  });

  it("keeps the cookie to this host where it is reached over https", async () => {
    await using own = await startRegistry({
      settings: (settings) => ({ ...settings, server: { ...settings.server, trustProxy: true } }),
    });
    await own.account("acme");
    const proxied = { "x-forwarded-proto": "https", "x-forwarded-for": "10.0.0.1" };
    const answer = await sendForm(own, "/login", {
      fields: { name: "acme", password: PASSWORD },
      headers: { ...proxied, origin: own.url.replace("http:", "https:") },
    });
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(
      /^__Host-skills-session=skl_[\w-]{49}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure$/,
    );
    const [pair = ""] = cookie.split(";");
    const account = async (sent: string): Promise<number> =>
      (await own.fetch("/account", { redirect: "manual", headers: { ...proxied, cookie: sent } })).status;
    expect(await account(pair)).toBe(200);
    expect(await account(`a=b; ${pair}; c=d`)).toBe(200);
    // Another host of the domain can plant a cookie of this name.
    expect(await account(pair.replace("__Host-", ""))).not.toBe(200);
  });

  it("ends the session for good at logout", async () => {
    const cookie = await logIn(registry, "acme");
    const answer = await sendForm(registry, "/logout", { fields: {}, cookie });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(answer.headers.get("set-cookie")).toBe(
      "skills-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    );
    expect((await fetchPage(registry, "/account", cookie)).status).toBe(303);
    const secret = cookie.slice("skills-session=".length);
    expect((await registry.fetch("/-/whoami", { token: secret })).status).toBe(401);
  });

  it("sends who is not logged in to the login, and back from there", async () => {
    const { status, headers } = await fetchPage(registry, "/account");
    expect([status, headers.get("location")]).toEqual([303, "/login?next=%2Faccount"]);
  });

  it("obeys the cookie on pages only", async () => {
    expect((await registry.fetch("/-/whoami", { headers: { cookie: acme } })).status).toBe(401);
    expect(
      (await registry.fetch("/api/skills/acme/contracts/like", { method: "PUT", headers: { cookie: acme } }))
        .status,
    ).not.toBe(200);
  });

  it("keeps pages of the logged-in out of every cache and sets no cookie for the others", async () => {
    for (const path of [
      "/",
      "/account",
      "/skills/acme/contracts",
      "/skills/acme/contracts/versions",
      "/login",
    ]) {
      const { headers, status } = await fetchPage(registry, path, acme);
      expect([path, headers.get("cache-control")]).toEqual([path, "private, no-store"]);
      expect([path, status]).toEqual([path, path === "/login" ? 303 : 200]);
    }
    for (const path of ["/", "/login", "/skills/acme/contracts", "/account"]) {
      const { headers } = await fetchPage(registry, path);
      expect([path, headers.get("set-cookie")]).toEqual([path, null]);
    }
  });

  it("shows the account's skills, likes and tokens", async () => {
    await sendForm(registry, "/skills/acme/contracts/like", { fields: { liked: "yes" }, cookie: acme });
    const { html, root } = await fetchPage(registry, "/account", acme);
    expect(html.split('href="/skills/acme/contracts"').length).toBe(3);
    expect(root.text).toContain("Browser session");
    expect(root.text).toContain("Login of a program");
    expect(root.text).toContain("never used");
    expect(root.text).toContain("this browser");
    expect(html).not.toContain(token);
    expect(html).not.toContain(acme.slice("skills-session=".length));
  });

  const wish = {
    name: "ci",
    access: "read-only",
    days: "30",
    packages: "@acme/contracts, @boss",
    cidr: "127.0.0.0/8, ::1/128",
    password: PASSWORD,
  };

  it("makes a token with what was asked for, and shows it once", async () => {
    const made = await sendForm(registry, "/account/tokens", { fields: wish, cookie: acme });
    expect(made.status).toBe(200);
    expect(made.headers.get("cache-control")).toBe("private, no-store");
    const secret = /skl_[\w-]{49}/.exec(await made.text())?.[0] ?? "";
    expect((await registry.fetch("/-/whoami", { token: secret })).status).toBe(200);
    const star = await registry.fetch("/-/npm/v1/tokens", { token: secret, method: "POST", body: "{}" });
    expect(star.status).toBe(403);
    const { html, root } = await fetchPage(registry, "/account", acme);
    expect(html).not.toContain(secret);
    expect(root.text).toContain("only for @acme/contracts, @boss");
    expect(root.text).toContain("only from 127.0.0.0/8, ::1/128");
    const places = [...descendants(root)].filter(({ tag }) => tag === "option");
    expect(places.map(({ attributes }) => attributes["value"])).toEqual(
      expect.arrayContaining(["@acme", "@acme/contracts"]),
    );
    const revoke = [...descendants(root)].find(
      ({ tag, attributes }) =>
        tag === "button" && attributes["aria-label"] === `Revoke ci ${secret.slice(0, 8)}`,
    );
    expect(revoke).toBeDefined();
    const key =
      /\/account\/tokens\/([0-9a-f]{32})\/revoke"(?:(?!\/revoke)[^])*Revoke ci/.exec(html)?.[1] ?? "";
    const revoked = await sendForm(registry, `/account/tokens/${key}/revoke`, { fields: {}, cookie: acme });
    expect([revoked.status, revoked.headers.get("location")]).toEqual([303, "/account#tokens"]);
    expect((await registry.fetch("/-/whoami", { token: secret })).status).toBe(401);
  });

  it.each([
    [{ password: "wrong wrong" }, 403],
    [{ cidr: "everywhere" }, 400],
    [{ packages: "contracts" }, 400],
    [{ packages: "@acme ".repeat(33) }, 400],
    [{ days: "-1" }, 400],
    [{ access: "admin" }, 400],
    [{ name: "" }, 400],
    [{ name: "x".repeat(101) }, 400],
  ])("makes no token for %j", async (change, status) => {
    const answer = await sendForm(registry, "/account/tokens", {
      fields: { ...wish, ...change },
      cookie: acme,
    });
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toMatch(/skl_[\w-]{49}/);
  });

  it("asks nobody for a password who has none, but for a login of the last minutes", async () => {
    await using own = await startOpenedRegistry();
    const [fresh, old] = [new Date(), new Date(Date.now() - 11 * 60_000)];
    for (const [name, at, status] of [
      ["fresh-login", fresh, 200],
      ["old-login", old, 403],
    ] as const) {
      const cookie = `skills-session=${await addLoginElsewhere(own, name, { kind: "session", at })}`;
      const { root } = await fetchPage(own, "/account", cookie);
      const fields = [...descendants(root)].map(({ attributes }) => attributes["name"]);
      expect(fields).toContain("packages");
      expect(fields).not.toContain("password");
      const { password: _, ...wished } = wish;
      const made = await sendForm(own, "/account/tokens", { fields: wished, cookie });
      expect([name, made.status]).toEqual([name, status]);
    }
  });

  it("leads back to the account who had to log in to send its form", async () => {
    const answer = await sendForm(registry, "/account/tokens", { fields: wish });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login?next=%2Faccount%2Ftokens"]);
    const back = await fetchPage(registry, "/account/tokens", acme);
    expect([back.status, back.headers.get("location")]).toEqual([303, "/account#tokens"]);
  });

  it("revokes nobody else's tokens", async () => {
    const listed = await registry.fetch("/-/npm/v1/tokens", { token });
    const { objects }: { objects: { key: string }[] } = JSON.parse(await listed.text());
    const answer = await sendForm(registry, `/account/tokens/${objects[0]?.key ?? ""}/revoke`, {
      fields: {},
      cookie: boss,
    });
    expect(answer.status).toBe(404);
    expect((await registry.fetch("/-/whoami", { token })).status).toBe(200);
  });

  it.each([
    ["no form", { "content-type": "text/plain" }, "name=acme", 400],
    ["JSON", { "content-type": "application/json" }, '{"name":"acme"}', 400],
    ["a field twice", {}, "name=acme&name=boss&password=x", 400],
    ["no password", {}, "name=acme", 400],
    ["a body of 20 kB", {}, `name=acme&password=${"x".repeat(20_000)}`, 413],
  ])("refuses %s at the login", async (_, headers: Record<string, string>, body, status) => {
    const answer = await registry.fetch("/login", {
      method: "POST",
      body,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html", ...headers },
    });
    expect([status, 401]).toContain(answer.status);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it("sends nobody to the login where that leads back for ever", async () => {
    const token = await fetchPage(registry, "/-/npm/v1/tokens", acme);
    expect(token.status).toBe(401);
    const answer = await registry.fetch("/account", {
      redirect: "manual",
      headers: { accept: "text/html", cookie: acme, authorization: "Bearer skl_revoked" },
    });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("That needs a login");
  });

  it.each(["a:b", "[", "registry.example:99999"])("refuses a form for the host %j", async (host) => {
    const { hostname, port } = new URL(registry.url);
    const headers = { host, origin: registry.url, "content-type": "application/x-www-form-urlencoded" };
    const sent = request({ hostname, port, path: "/logout", method: "POST", headers });
    const [answer] = (await once(sent.end(), "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(400);
  });

  it("shows the operator how the registry is doing, and nobody else", async () => {
    const { status, root } = await fetchPage(registry, "/operator", boss);
    expect(status).toBe(200);
    const text = root.text.replaceAll(/\s+/g, " ");
    expect(text).toContain("Skills 1 1 version");
    expect(text).toContain("Namespaces 1 2 accounts");
    expect(text).toMatch(/Free on disk \d+ [GM]B/);
    expect(text).toContain("publish @acme/contracts@1.0.0");
    expect(text).not.toContain(token);
    expect((await fetchPage(registry, "/operator", acme)).status).toBe(403);
    expect((await fetchPage(registry, "/operator")).status).toBe(303);
  });
});

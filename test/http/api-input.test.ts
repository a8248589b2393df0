import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

describe("bad input to the REST API", () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
    const token = await registry.account("acme");
    const body = JSON.stringify(publishBody());
    expect((await registry.fetch("/@acme%2fsample", { method: "PUT", token, body })).status).toBe(201);
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function refusal(path: string, init: RequestInit = {}): Promise<unknown> {
    const answer = await registry.fetch(path, init);
    expect(answer.headers.get("content-type"), path).toBe("application/problem+json");
    const body: unknown = await answer.json();
    expect(body, path).toMatchObject({ status: answer.status });
    return body;
  }

  it.each([
    ["limit", "-1"],
    ["limit", "0"],
    ["limit", "101"],
    ["limit", "1.5"],
    ["limit", "1e3"],
    ["limit", "0x10"],
    ["limit", "%205"],
    ["limit", ""],
    ["limit", "99999999999999999999999"],
    ["limit", "NaN"],
    ["sort", "random"],
    ["sort", ""],
    ["facets", "1"],
    ["facets", "TRUE"],
    ["explain", "yes"],
    ["cursor", "x".repeat(5_000)],
    ["cursor", "%00"],
  ])("is refused with the name of the parameter: %s=%s", async (name, value) => {
    expect(await refusal(`/api/skills?${name}=${value}`)).toMatchObject({
      code: "EBADREQUEST",
      detail: expect.stringContaining(`"${name}"`),
    });
  });

  it.each([
    ["q=a&q=b", "q"],
    ["limit=5&limit=5", "limit"],
    ["q[]=a", "q[]"],
    ["q[0]=a", "q[0]"],
    ["q[$ne]=a", "q[$ne]"],
    ["offset=20", "offset"],
    ["__proto__=1", "__proto__"],
    ["constructor=1", "constructor"],
    ["Q=a", "Q"],
    ["=a", ""],
  ])("is refused when repeated, an array or unknown: ?%s", async (query, name) => {
    expect(await refusal(`/api/skills?${query}`)).toMatchObject({
      code: "EBADREQUEST",
      detail: expect.stringContaining(JSON.stringify(name)),
    });
  });

  it.each([
    ["/api/skills/acme/sample?q=a"],
    ["/api/skills/acme/sample/1.0.0?x="],
    ["/api/stats?a"],
    ["/api/namespaces/acme?sort=name"],
  ])("is refused where no parameter is known: %s", async (path) => {
    expect(await refusal(path)).toMatchObject({ code: "EBADREQUEST" });
  });

  it("is refused when the query has 10 kB", async () => {
    expect(await refusal(`/api/skills?q=${"a".repeat(10_240)}`)).toMatchObject({ code: "EBADREQUEST" });
    expect(await refusal(`/api/skills?q=${"a+".repeat(5_120)}`)).toMatchObject({ code: "EBADREQUEST" });
  });

  it.each([
    ["NUL", "a%00b"],
    ["only NUL", "%00"],
    ["lone surrogates", "%ED%A0%80a%ED%B0%80"],
    ["bytes that are no UTF-8", "%FF%FE"],
    ["broken escapes", "%E0%A4%A"],
    ["FTS5 syntax", encodeURIComponent('name:* OR "unclosed NEAR(a b, 2) ^x {a b}: AND NOT (')],
    ["SQL", encodeURIComponent("'; drop table packages; --")],
    ["patterns", encodeURIComponent("%_\\%[a-z]*?")],
    ["markup", encodeURIComponent("<script>alert(1)</script>")],
    ["combining marks", "e" + "%CC%81".repeat(60)],
    ["right-to-left marks", "%E2%80%AEsample"],
    ["unknown qualifiers", "foo:bar+is:nothing+has:"],
  ])("is only words that are looked for: %s", async (_case, q) => {
    const answer = await registry.fetch(`/api/skills?q=${q}`);
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect((await registry.fetch("/api/skills?q=sample")).status).toBe(200);
  });

  it.each([
    ["/api/v1/skills", 404],
    ["/api/v1", 404],
    ["/api/search?q=a", 404],
    ["/api/nothing", 404],
    ["/api/skills/acme", 404],
    ["/api/skills/Acme/sample", 404],
    ["/api/skills/acme/con", 404],
    ["/api/skills/acme/sample/", 200],
    ["/api/skills/acme/sample/nope", 404],
    ["/api/skills/acme/sample/1.0.0%00", 400],
    ["/api/skills/acme/sample/1.0.0%2ffiles", 400],
    ["/api/skills/acme%2fsample", 400],
    ["/api/skills/%E0%A4%A/sample", 400],
    [`/api/skills/acme/${"a".repeat(5_000)}`, 400],
    ["/api/namespaces/acme%22+is:deprecated", 404],
    ["/api/namespaces/-acme", 404],
  ])("in an address: %s is %i", async (path, status) => {
    if (status === 200) expect((await registry.fetch(path)).status).toBe(200);
    else expect(await refusal(path)).toMatchObject({ status });
  });

  it.each([
    ["POST", "/api/skills", "GET, HEAD"],
    ["PUT", "/api/skills/acme/sample", "GET, HEAD, POST"],
    ["DELETE", "/api/openapi.json", "GET, HEAD"],
    ["POST", "/api", "GET, HEAD"],
  ])("by another method is 405 with what is allowed: %s %s", async (method, path, allow) => {
    const answer = await registry.fetch(path, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    expect(await answer.json()).toMatchObject({ code: "EMETHOD" });
  });

  it("by a token that nobody has is 401 with a challenge, also where everybody may read", async () => {
    const answer = await registry.fetch("/api/skills?q=sample", { token: "skl_wrong" });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(await answer.json()).toMatchObject({ code: "ENEEDAUTH", type: "/api#ENEEDAUTH" });
  });

  it("by a cookie proves nothing: other sites can make a browser send it", async () => {
    const token = await registry.account("owner");
    const answer = await registry.fetch("/api/skills/acme/sample/like", {
      method: "PUT",
      headers: { cookie: `skills-session=${token}` },
    });
    expect(answer.status).toBe(401);
  });
});

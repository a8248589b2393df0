import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routes } from "../../plugin/src/http/routes.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { jsonOf } from "../support/json.ts";

/** Sends the path exactly as written; fetch would tidy it up first. */
async function raw(
  registry: TestRegistry,
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<number> {
  const { hostname, port } = new URL(registry.url);
  const text = options.body === undefined ? "" : JSON.stringify(options.body);
  return await new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
          ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        },
      },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.once("error", reject);
    sent.end(text);
  });
}

/** Spellings that a lenient reader takes for @acme/sample, and names that no skill may have. */
const ALIASES = [
  "@acme./sample",
  "@acme/sample.",
  "@acme/sample..",
  "@acme/.sample",
  "@acme/sample%20",
  "@acme/%20sample",
  "@ACME/sample",
  "@acme/SAMPLE",
  "@Acme%2fSample",
  "@acme%252fsample",
  "@acme%255c/sample",
  "@acme%5csample",
  "@acme/sample%00",
  "@acme/sam%e2%80%8bple",
  "@acme/s%c3%a4mple",
  "@acme/%d0%b0cme",
  "@acme/sample_",
  "@acme/sample~1",
  "@acme//sample",
  "@acme/./sample",
  "@acme/../acme/sample",
  "@acme/%2e%2e",
  "@acme%2f..%2fsample",
  "@acme/sample%0a",
  "acme/sample",
  "@/sample",
  "@acme/",
  "@acme",
  "sample",
  "@acme/con",
  "@acme/aux",
  "@acme/nul",
  "@acme/com1",
  "node_modules",
  "favicon.ico",
  "@acme/node_modules",
  "@acme/-sample",
  "@acme/sample-",
  "@acme/sam--ple",
  "@-acme/sample",
  "%40acme%2f%73ample%2e",
  "@acme%2fsample%2f..",
  "__proto__",
  "@acme/__proto__",
  "@constructor/x.y",
  `@acme/${"a".repeat(65)}`,
];

/** The same for addresses that hold the two halves: `/skills/acme/sample`. */
const APART = [
  "Acme/sample",
  "acme/Sample",
  "acme/sample%20",
  "acme%2fsample",
  "@@acme/sample",
  "acme/@acme%2fsample",
  "acme//sample",
  "acme/./sample",
  "acme/../acme/sample",
  "acme/%2e%2e",
  "acme/sample%00",
  "acme\\sample",
  "acme/con",
  "acme/sam--ple",
  "acme/__proto__",
  "%E2%92%B6cme/sample",
  `acme/${"a".repeat(65)}`,
];

describe("names", () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    token = await registry.account("acme");
    const published = await registry.fetch("/@acme%2fsample", {
      method: "PUT",
      token,
      body: JSON.stringify(publishBody()),
    });
    expect(published.status).toBe(201);
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  it("reach nothing under another spelling, on any route that takes one", async () => {
    const before = await readdir(registry.dataDir, { recursive: true });
    const paths = routes.filter((route) => route.path.includes(":package"));
    expect(paths.length).toBeGreaterThan(8);
    const wrong: string[] = [];
    for (const alias of ALIASES) {
      for (const route of paths) {
        const path = route.path
          .replace(":package", alias)
          .replace(":file", "sample-1.0.0.tgz")
          .replace(":version", "1.0.0")
          .replace(":rev", "1")
          .replace(":tag", "latest");
        const body = route.method === "PUT" ? publishBody() : undefined;
        const status = await raw(registry, route.method, path, {
          token,
          ...(body === undefined ? {} : { body }),
        });
        if (status < 400 || status > 499) wrong.push(`${route.method} ${path}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await readdir(registry.dataDir, { recursive: true })).toEqual(before);
    expect(await jsonOf(registry.fetch("/@acme%2fsample"))).toMatchObject({
      versions: { "1.0.0": {} },
      _rev: "1",
    });
  });

  it("reach nothing under another spelling where namespace and skill stand apart", async () => {
    const paths = routes.filter((route) => route.path.includes(":namespace/:skill"));
    expect(paths.length).toBeGreaterThan(8);
    const wrong: string[] = [];
    for (const alias of APART) {
      for (const route of paths) {
        const path = route.path
          .replace(":namespace/:skill", alias)
          .replace(":version", "1.0.0")
          .replace(":range", "1.0.0...1.0.0")
          .replace("*path", "SKILL.md");
        const status = await raw(registry, route.method, path, { token });
        if (status < 400 || status > 499) wrong.push(`${route.method} ${path}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await jsonOf(registry.fetch("/@acme%2fsample"))).toMatchObject({ _rev: "1" });
  });

  it("are the same in all seven forms of a publish", async () => {
    const forms = [
      "/@acme%2fform0",
      "/@acme/form1",
      "/@acme%2Fform2",
      "/%40acme%2fform3",
      "/%40acme/form4",
      "/@acme%2fform5/",
      "/@acme/form6?write=true",
    ];
    for (const [index, form] of forms.entries()) {
      const name = `@acme/form${index}`;
      expect(await raw(registry, "PUT", form, { body: publishBody({ name }) }), form).toBe(401);
      const bad = publishBody({ name, files: { ".env": "A=1" } });
      expect(await raw(registry, "PUT", form, { token, body: bad }), form).toBe(422);
      expect(await raw(registry, "PUT", form, { token, body: publishBody({ name }) }), form).toBe(201);
      expect((await registry.fetch(`/@acme%2fform${index}`)).status, form).toBe(200);
    }
  });

  it("of addresses outside the route table are 404 or 405, never the host's own routes", async () => {
    for (const path of [
      "/-/verdaccio/data/packages",
      "/-/verdaccio/data/search/x",
      "/-/verdaccio/sec/login",
      "/-/static/x.js",
      "/-/all",
      "/-/web/detail/x",
      "/-/_debug",
    ]) {
      expect(await raw(registry, "GET", path), path).toBeGreaterThanOrEqual(404);
    }
    expect(await raw(registry, "PUT", "/@acme/sample/-/sample-2.0.0.tgz", { token, body: {} })).toBe(405);
    expect(await raw(registry, "PATCH", "/@acme/sample", { token, body: {} })).toBe(405);
    expect(await raw(registry, "PUT", "/@acme/sample/latest", { token, body: "1.0.0" })).toBe(405);
  });
});

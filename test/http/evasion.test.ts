import { connect } from "node:net";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStores } from "../../plugin/src/open-stores.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";

/** Requests that try to get past the guard, to the host, or into the account of somebody else. */
describe("behind a proxy that is trusted", () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({ ...settings, server: { ...settings.server, trustProxy: true } }),
    });
    token = await registry.account("acme");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function refusal(answer: Response | Promise<Response>): Promise<[number, string]> {
    const { code }: { code: string } = await jsonOf(answer);
    return [(await answer).status, code];
  }

  async function register(name: string, headers: Record<string, string>): Promise<Response> {
    return await registry.fetch(`/-/user/org.couchdb.user:${name}`, {
      method: "PUT",
      headers,
      body: JSON.stringify({ name, password: PASSWORD }),
    });
  }

  /** Sends one request line as it is, which no client library would. */
  async function raw(line: string): Promise<string> {
    const { hostname, port } = new URL(registry.url);
    return await new Promise((resolve, reject) => {
      let answer = "";
      const socket = connect(Number(port), hostname, () =>
        socket.write(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      socket.once("error", reject).once("close", () => resolve(answer));
    });
  }

  it("a compressed body counts as a large one: a few anonymous kilobytes would become megabytes", async () => {
    const body = "not even gzip: it is not looked at";
    const compressed = { method: "PUT", headers: { "content-encoding": "gzip" }, body };
    expect(await refusal(registry.fetch("/@acme%2fx", compressed))).toEqual([401, "ENEEDAUTH"]);
    const login = registry.fetch("/-/user/org.couchdb.user:acme", compressed);
    expect(await refusal(login)).toEqual([413, "ESKILLTOOLARGE"]);
    expect(await refusal(registry.fetch("/@acme%2fx", { ...compressed, token }))).toEqual([400, "EBADBODY"]);
  });

  it("a token's networks are those of the client, for large bodies too", async () => {
    const made = registry.fetch("/-/npm/v1/tokens", {
      method: "POST",
      token,
      body: JSON.stringify({ password: PASSWORD, cidr_whitelist: ["10.0.0.0/8"] }),
    });
    const { token: inside }: { token: string } = await jsonOf(made);
    const filler = Array.from({ length: 1000 }, () => randomBytes(20).toString("hex")).join("\n");
    const publish = async (client: string): Promise<Response> =>
      await registry.fetch("/@acme%2flarge", {
        method: "PUT",
        token: inside,
        headers: { "x-forwarded-for": client },
        body: JSON.stringify(publishBody({ name: "@acme/large", files: { "LARGE.md": filler } })),
      });
    for (const outside of ["11.0.0.1", "2001:db8::1", "nobody", "10.0.0.1:80"]) {
      expect(await refusal(publish(outside)), outside).toEqual([403, "EFORBIDDEN"]);
    }
    expect((await registry.fetch("/@acme%2flarge")).status).toBe(404);
    for (const client of ["10.1.2.3", "::ffff:10.1.2.3"]) {
      expect((await publish(client)).status, client).toBe(201);
    }
  });

  it("an address in a packument is never one that a client or proxy made up", async () => {
    for (const protocol of ["javascript", "file", "http://evil.test/?"]) {
      const answer = registry.fetch("/-/ping", { headers: { "x-forwarded-proto": protocol } });
      expect(await refusal(answer), protocol).toEqual([400, "EBADREQUEST"]);
    }
    const answer = await registry.fetch("/", { headers: { "x-forwarded-proto": "https" } });
    expect(await answer.text()).toContain("registry https://");
  });

  it.each(["http://evil.test", "null"])(
    "a page of %s can neither register an account nor read an answer",
    async (origin) => {
      const registration = await register("visitor", { origin });
      expect(await refusal(registration)).toEqual([403, "EREGISTRATIONCLOSED"]);
      const preflight = await registry.fetch("/@acme%2fx", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "PUT" },
      });
      const read = await registry.fetch("/-/v1/search?text=x", { headers: { origin } });
      for (const answer of [registration, preflight, read]) {
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
      expect(preflight.status).toBe(405);
    },
  );

  it.each([
    "GET http://[::1",
    "GET http://",
    "GET http://x/-/ping",
    "GET *",
    "OPTIONS *",
    "GET /-/static/favicon.ico",
    "GET /-/Static/favicon.ico",
    "GET //x/-/ping",
    "GET /%zz",
    "TRACE /",
    "PURGE /-/ping",
  ])("%s is answered by the registry, with a code", async (line) => {
    const answer = await raw(line);
    expect(answer).toMatch(/^HTTP\/1\.1 40\d /);
    expect(answer).toContain('"code":"E');
  });
});

it("a large publish while the database cannot be read is 503, not a login that is missing", async () => {
  let broken = false;
  await using registry = await startRegistry({
    stores: async ({ registry: config }) => {
      const stores = await openStores(config);
      const token: typeof stores.metadata.token = async (hash) => {
        if (broken) throw Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR" });
        return await stores.metadata.token(hash);
      };
      return { ...stores, metadata: { ...stores.metadata, token } };
    },
  });
  const token = await registry.account("acme");
  broken = true;
  const body = " ".repeat(20 * 1024);
  const answer = await registry.fetch("/@acme%2fx", { method: "PUT", token, body });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: "ESTORAGE" });
});

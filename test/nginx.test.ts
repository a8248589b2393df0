import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Nginx, startNginx } from "../scale/cluster/nginx.ts";
import { freePort } from "./support/free-port.ts";
import { publishBody } from "./support/publish-body.ts";
import { startRegistry, type TestRegistry } from "./support/registry.ts";

/** `fail_timeout` is two seconds, counted in whole ones. */
const FAILED_MS = 3_100;
/** Longer than the second for which that test lets nginx keep tarballs; it counts in whole ones. */
const KEPT_MS = 2_100;
const LOOPBACK = "127.0.0.1";
const TARBALL = "/@acme/sample/-/sample-1.0.0.tgz";
const SECRET_TARBALL = "/@acme/secret/-/secret-1.0.0.tgz";

/** Debian's nginx, which CI installs: there, to be without it is a failure. */
function hasNginx(): boolean {
  try {
    execFileSync("nginx", ["-v"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if (process.env["SKILLS_REQUIRE_NGINX"] === "1") throw error;
    return false;
  }
}

describe.skipIf(!hasNginx())("a registry behind deploy/nginx.conf", () => {
  let registry: TestRegistry;
  let nginx: Nginx;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({ ...settings, server: { ...settings.server, trustProxy: 1 } }),
    });
    token = await registry.account("acme");
    // Of the two nodes one is always away.
    nginx = await startNginx([new URL(registry.url).host, `${LOOPBACK}:${await freePort()}`]);
    await publish("@acme/sample");
    await publish("@acme/secret", { access: "restricted" });
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function ask(address: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(nginx.url + address, init);
  }

  async function publish(name: string, more: Record<string, unknown> = {}): Promise<void> {
    const answer = await registry.fetch(`/${name.replace("/", "%2f")}`, {
      method: "PUT",
      token,
      body: JSON.stringify({ ...publishBody({ name }), ...more }),
    });
    expect(answer.status).toBe(201);
  }

  it("answers reads although one of the nodes is away", async () => {
    for (let turn = 0; turn < 6; turn += 1) expect((await ask("/@acme/sample")).status).toBe(200);
  });

  it("keeps the tarball of a public skill, and sends whoever brings a token on to a node", async () => {
    const first = await ask(TARBALL);
    const bytes = Buffer.from(await first.arrayBuffer());
    const second = await ask(TARBALL);
    expect(second.headers.get("x-cache")).toBe("HIT");
    expect(Buffer.from(await second.arrayBuffer()).equals(bytes)).toBe(true);
    const withToken = await ask(TARBALL, { headers: { authorization: `Bearer ${token}` } });
    expect(withToken.headers.get("x-cache")).toBe("BYPASS");
    const withWrongToken = await ask(TARBALL, { headers: { authorization: "Bearer skl_wrong" } });
    expect(withWrongToken.status).toBe(401);
  });

  it("never keeps the tarball of a restricted skill, not even with an address that nobody else uses", async () => {
    for (const address of [SECRET_TARBALL, `${SECRET_TARBALL}?x=1`]) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await ask(address, { headers })).status, address).toBe(200);
      expect((await ask(address)).status, address).toBe(404);
    }
  });

  it("answers a range of a kept tarball with those bytes", async () => {
    const whole = Buffer.from(await (await ask(TARBALL)).arrayBuffer());
    const part = await ask(TARBALL, { headers: { range: "bytes=10-19" } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(10, 20))).toBe(true);
  });

  it("lets nobody claim to be on the machine of the registry", async () => {
    const claims = { "x-forwarded-for": LOOPBACK, forwarded: `for=${LOOPBACK}`, "x-real-ip": LOOPBACK };
    const answer = await ask("/-/user/org.couchdb.user:mallory", {
      method: "PUT",
      headers: { "content-type": "application/json", ...claims },
      body: JSON.stringify({ name: "mallory", password: "correct horse battery" }),
    });
    expect(answer.status).toBe(403);
  });

  it("shows metrics to nobody", async () => {
    const answer = await ask("/-/metrics");
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain("skills_");
  });

  it("writes no secret of an address into its log, and the id that the node answers with", async () => {
    const secret = `skl_${"s".repeat(40)}`;
    await ask(`/-/user/token/${secret}?also=${secret}`, { method: "DELETE" });
    const answer = await ask(`/-/v1/done/${secret}`);
    const id = answer.headers.get("x-request-id") ?? "none";
    await ask(`/search?q=${secret}`);
    const log = await nginx.log();
    expect(log).not.toContain(secret);
    expect(log).toContain(`"requestId":"${id}"`);
  });
});

describe.skipIf(!hasNginx())("nodes that hang up, behind deploy/nginx.conf", () => {
  const asked: string[] = [];
  const nodes: Server[] = [];
  let nginx: Nginx;

  beforeAll(async () => {
    for (let node = 0; node < 2; node += 1) {
      const server = createServer((message, response) => {
        if (message.url === "/-/ping") return void response.end("{}");
        asked.push(message.method ?? "");
        message.on("data", () => undefined).on("end", () => response.destroy());
      });
      server.listen(0, LOOPBACK);
      await once(server, "listening");
      nodes.push(server);
    }
    nginx = await startNginx(nodes.map((server) => hostOf(server)));
  });
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    for (const server of nodes) {
      server.closeAllConnections();
      server.close();
    }
  });

  it("a read is tried at the other one", async () => {
    expect((await fetch(`${nginx.url}/@acme%2fsample`)).status).toBe(503);
    expect(asked).toEqual(["GET", "GET"]);
  });

  it("a write is sent to one of them only, and answered in words", async () => {
    // Nodes that failed are left alone for so long.
    await new Promise((resolve) => setTimeout(resolve, FAILED_MS));
    for (const method of ["PUT", "POST"]) {
      asked.length = 0;
      const answer = await fetch(`${nginx.url}/@acme%2fsample`, { method, body: "{}" });
      expect(asked).toEqual([method]);
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toBe("2");
      expect(await answer.json()).toMatchObject({ error: expect.stringContaining("try again") });
    }
  });
});

describe.skipIf(!hasNginx())("what clients claim, behind deploy/nginx.conf", () => {
  it("goes no further: their address, the id of their request, a trace, and a question for metrics", async () => {
    let seen: IncomingHttpHeaders = {};
    const node = createServer((message, response) => {
      seen = message.headers;
      response.end("{}");
    });
    node.listen(0, LOOPBACK);
    await once(node, "listening");
    const nginx = await startNginx([hostOf(node)]);
    const claims = {
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example.com",
      "x-forwarded-port": "1",
      "x-real-ip": "203.0.113.7",
      forwarded: "for=203.0.113.7",
      "x-request-id": "0123456789abcdef",
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
      tracestate: "evil=1",
    };
    await (await fetch(nginx.url, { headers: claims })).text();
    // Whatever the node would answer.
    for (const address of ["/-/metrics", "/-/metrics/", "/-//metrics//", "/-/%6detrics/?x"]) {
      expect((await fetch(nginx.url + address)).status, address).toBe(404);
    }
    expect(seen["x-forwarded-for"]).toBe(LOOPBACK);
    for (const [name, value] of Object.entries(claims)) expect(seen[name], name).not.toBe(value);
    await nginx[Symbol.asyncDispose]();
    node.closeAllConnections();
    node.close();
  });
});

describe.skipIf(!hasNginx())("a tarball that is kept by deploy/nginx.conf", () => {
  it("is not brought back when it was withdrawn and the nodes are away", async () => {
    let state: "public" | "withdrawn" | "away" = "public";
    const node = createServer((message, response) => {
      if (message.url === "/-/ping") return void response.end("{}");
      if (state === "away") return void response.destroy();
      const control = state === "public" ? "public, max-age=31536000, immutable" : "no-store";
      response.writeHead(state === "public" ? 200 : 451, { "cache-control": control, etag: '"1"' });
      response.end(state);
    });
    node.listen(0, LOOPBACK);
    await once(node, "listening");
    const nginx = await startNginx([hostOf(node)], (text) =>
      text.replace("proxy_cache_valid 200 10m;", "proxy_cache_valid 200 1s;"),
    );
    const ask = async (): Promise<[number, string | null]> => {
      const answer = await fetch(nginx.url + TARBALL);
      await answer.arrayBuffer();
      return [answer.status, answer.headers.get("x-cache")];
    };
    expect(await ask()).toEqual([200, "MISS"]);
    expect(await ask()).toEqual([200, "HIT"]);
    state = "withdrawn";
    await new Promise((resolve) => setTimeout(resolve, KEPT_MS));
    expect((await ask())[0]).toBe(451);
    state = "away";
    expect((await ask())[0]).toBe(503);
    await nginx[Symbol.asyncDispose]();
    node.closeAllConnections();
    node.close();
  });
});

function hostOf(server: Server): string {
  const address = server.address();
  return `${LOOPBACK}:${typeof address === "object" ? address?.port : 0}`;
}

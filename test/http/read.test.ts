import { verify, createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { jsonOf } from "../support/json.ts";

interface Packument {
  versions: Record<
    string,
    { dist: { integrity: string; tarball: string; signatures: { keyid: string; sig: string }[] } }
  >;
  [field: string]: unknown;
}

describe("reading", () => {
  let registry: TestRegistry;
  let token: string;

  beforeAll(async () => {
    registry = await startRegistry();
    token = await registry.account("acme");
    for (const version of ["1.0.0", "1.1.0"]) await publish(version);
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function publish(version: string): Promise<void> {
    const answer = await registry.fetch("/@acme%2fsample", {
      method: "PUT",
      token,
      body: JSON.stringify(publishBody({ version })),
    });
    expect(answer.status).toBe(201);
  }

  async function packument(headers: Record<string, string> = {}): Promise<Packument> {
    return await jsonOf(registry.fetch("/@acme%2fsample", { headers }));
  }

  it("gives npm's fields, SKILL.md as readme, and who maintains it", async () => {
    expect(await packument()).toMatchObject({
      _id: "@acme/sample",
      _rev: "2",
      description: "A sample.",
      readme: expect.stringContaining("name: sample"),
      readmeFilename: "SKILL.md",
      maintainers: [{ name: "acme" }],
      time: { created: expect.any(String), modified: expect.any(String), "1.0.0": expect.any(String) },
      versions: { "1.0.0": { skill: { name: "sample", description: "A sample skill." }, license: "MIT" } },
    });
  });

  it("gives installers the short form", async () => {
    const short = await packument({
      accept: "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
    });
    expect(Object.keys(short).toSorted()).toEqual(["dist-tags", "modified", "name", "versions"]);
    expect(short.versions["1.0.0"]).not.toHaveProperty("skill");
  });

  it("answers 304 until the package changes, and shows a publish at the next request", async () => {
    const first = await registry.fetch("/@acme%2fsample");
    const etag = first.headers.get("etag") ?? "";
    const known = async (): Promise<number> =>
      (await registry.fetch("/@acme%2fsample", { headers: { "if-none-match": etag } })).status;
    expect(await known()).toBe(304);
    await publish("1.2.0");
    expect(await known()).toBe(200);
    expect(Object.keys((await packument()).versions)).toContain("1.2.0");
  });

  it("signs every version with the key it shows", async () => {
    const { keys }: { keys: { keyid: string; key: string }[] } = await jsonOf(
      registry.fetch("/-/npm/v1/keys"),
    );
    const { dist } = (await packument()).versions["1.0.0"] ?? { dist: undefined };
    const [signature] = dist?.signatures ?? [];
    expect(signature?.keyid).toBe(keys[0]?.keyid);
    const key = createPublicKey({
      key: Buffer.from(keys[0]?.key ?? "", "base64"),
      format: "der",
      type: "spki",
    });
    const signed = Buffer.from(`@acme/sample@1.0.0:${dist?.integrity}`);
    expect(verify("sha256", signed, key, Buffer.from(signature?.sig ?? "", "base64"))).toBe(true);
  });

  it("serves tarballs as immutable, whole, in ranges, and as 304", async () => {
    const address = "/@acme/sample/-/sample-1.0.0.tgz";
    const whole = await registry.fetch(address);
    expect(whole.headers.get("cache-control")).toContain("immutable");
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(Number(whole.headers.get("content-length"))).toBe(bytes.length);
    const range = async (text: string): Promise<[number, Buffer]> => {
      const answer = await registry.fetch(address, { headers: { range: text } });
      return [answer.status, Buffer.from(await answer.arrayBuffer())];
    };
    expect(await range("bytes=0-9")).toEqual([206, bytes.subarray(0, 10)]);
    expect(await range("bytes=10-")).toEqual([206, bytes.subarray(10)]);
    expect(await range("bytes=-5")).toEqual([206, bytes.subarray(-5)]);
    expect((await range(`bytes=${bytes.length}-`))[0]).toBe(416);
    expect(await range("bytes=0-1,3-4")).toEqual([200, bytes]);
    const etag = whole.headers.get("etag") ?? "";
    expect((await registry.fetch(address, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await registry.fetch(address, { method: "HEAD" })).headers.get("content-length")).toBe(
      String(bytes.length),
    );
  });

  it("gives one version by number or tag, and 404 for what is not there", async () => {
    const one = async (version: string): Promise<unknown> =>
      await jsonOf(registry.fetch(`/@acme%2fsample/${version}`));
    expect(await one("1.0.0")).toMatchObject({ version: "1.0.0" });
    expect(await one("latest")).toMatchObject({ version: "1.2.0" });
    for (const path of [
      "/@acme%2fsample/9.9.9",
      "/@acme%2fsample/nope",
      "/@acme%2fnothing",
      "/@acme/sample/-/other-1.0.0.tgz",
      "/@acme/sample/-/sample-9.9.9.tgz",
    ]) {
      const answer = await registry.fetch(path);
      expect(answer.status, path).toBe(404);
      expect(await answer.json()).toMatchObject({
        code: "ENOTFOUND",
        error: expect.any(String),
        hint: expect.any(String),
      });
    }
  });

  it("refuses a token that nobody has, also where anonymous callers may read", async () => {
    for (const authorization of ["Bearer skl_wrong", "Bearer x", "Basic YWNtZTp4", "Nonsense"]) {
      const answer = await registry.fetch("/@acme%2fsample", { headers: { authorization } });
      expect(answer.status, authorization).toBe(401);
    }
  });
});

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { followOnce } from "../../plugin/src/mirror/schedule.ts";
import { parseConfig } from "../../plugin/src/config-file.ts";
import { type Front, startFront } from "../support/front.ts";
import { keysOf, type MirrorRegistry, startMirror } from "../support/mirror.ts";
import { publishBody } from "../support/publish-body.ts";
import { registryCommand } from "../support/registry-command.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { testStoreSection } from "../support/test-store.ts";

describe("a round of a mirror", () => {
  let upstream: TestRegistry;
  let front: Front;
  let mirror: MirrorRegistry;
  let owner: string;
  let keys: string[];

  beforeAll(async () => {
    upstream = await startRegistry();
    owner = await upstream.account("acme");
    front = await startFront(upstream);
    for (let count = 1; count <= 8; count += 1) await publish(`@acme/skill-${count}`);
    keys = await keysOf(upstream);
    // Without keys the first look copies nothing.
    mirror = await startMirror({ url: front.url, namespaces: ["acme"] });
  });
  afterEach(() => {
    front.answer = undefined;
    front.asked.length = 0;
  });
  afterAll(async () => {
    for (const one of [mirror, front, upstream]) await one[Symbol.asyncDispose]();
  });

  async function publish(name: string, files: Record<string, string> = {}, version = "1.0.0"): Promise<void> {
    const body = JSON.stringify(publishBody({ name, version, files }));
    const answer = await upstream.fetch(`/${name.replace("/", "%2f")}`, {
      method: "PUT",
      token: owner,
      body,
    });
    expect(answer.status).toBe(201);
  }

  const askedTarballs = (): number => front.asked.filter((line) => line.endsWith(".tgz 200")).length;

  it("that was cut off is gone on with: nothing is fetched twice", async () => {
    let tarballs = 0;
    front.answer = ({ url = "" }, response) => {
      if (!url.endsWith(".tgz") || (tarballs += 1) <= 3) return false;
      response.writeHead(503, { "retry-after": "5" }).end();
      return true;
    };
    const first = await mirror.follow({ upstream: { keys } });
    const [cut] = first.namespaces;
    expect([first.retryAfterSeconds, cut]).toEqual([
      5,
      expect.objectContaining({ failure: "upstream answered with status 503" }),
    ]);
    expect(askedTarballs()).toBe(3);
    front.answer = undefined;
    const [whole] = (await mirror.follow({ upstream: { keys } })).namespaces;
    expect(whole).toMatchObject({ behind: 0, failure: null });
    expect(askedTarballs()).toBe(8);
  });

  it("asks for the keys and the list alone, while nothing changed", async () => {
    await mirror.follow({ upstream: { keys } });
    expect(front.asked).toEqual(["/-/npm/v1/keys 200", "/api/namespaces/acme/revisions 304"]);
  });

  it("leaves out what is too large here, once, until it is asked to look again", async () => {
    // Of random letters, which nothing makes smaller.
    const letters = Array.from({ length: 400_000 }, () => Math.floor(Math.random() * 36).toString(36)).join(
      "",
    );
    await publish("@acme/skill-1", { "references/letters.md": letters }, "1.1.0");
    const limits = { tarball: 100_000 };
    const follow = async (again: boolean): Promise<void> =>
      void (await mirror.follow({ upstream: { keys }, limits, again }));
    await follow(false);
    const [refusal] = await mirror.stores.metadata.mirrorRefusalsOf("@acme/skill-1");
    expect(refusal).toMatchObject({
      version: "1.1.0",
      reason: "upstream answered with more than 100000 bytes",
    });
    await publish("@acme/skill-1", {}, "1.2.0");
    front.asked.length = 0;
    await follow(false);
    expect(front.asked.filter((line) => line.includes(".tgz"))).toEqual([
      "/@acme/skill-1/-/skill-1-1.2.0.tgz 200",
    ]);
    await mirror.follow({ upstream: { keys }, again: true });
    expect(await mirror.stores.metadata.mirrorRefusalsOf("@acme/skill-1")).toEqual([]);
  });

  it("is made by one node at a time", async () => {
    const { metadata, blobs, nodes } = mirror.stores;
    const config = parseConfig("", "/srv/config.yaml").registry;
    const parts = { metadata, blobs, nodes, config, now: () => new Date() };
    const upstreamOf = {
      url: front.url,
      namespaces: ["acme"],
      keys,
      token: null,
      redirects: [],
      everyMinutes: 5,
    };
    const round = { parts, upstream: upstreamOf, signal: new AbortController().signal };
    const lease = await nodes.lease(`mirror ${front.url}`, 10);
    expect(await followOnce(round)).toBeUndefined();
    await lease?.end();
    expect(await followOnce(round)).toMatchObject({ url: front.url });
  });

  it("can be asked for at the command line, which says what is wrong", async () => {
    const config = path.join(mirror.dataDir, "mirror.yaml");
    const command = async (...args: string[]): ReturnType<typeof registryCommand> =>
      await registryCommand(data, ["mirror", ...args, "--config", config]);
    const data = path.join(mirror.dataDir, "data");
    const store = await testStoreSection(data);
    const text = (fingerprints: string[]): string =>
      JSON.stringify({
        skills: { ...store, upstream: [{ url: front.url, namespaces: ["acme"], keys: fingerprints }] },
      });
    await writeFile(config, text([]));
    const refused = await command("now");
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining(`it shows ${keys[0]}`) });
    const failing = await command("status", "--json");
    expect(failing.code).toBe(1);
    expect(JSON.parse(failing.stdout)).toMatchObject({
      mirrors: [{ namespace: "acme", url: front.url, followed: true }],
    });
    await writeFile(config, text(keys));
    await publish("@acme/skill-9");
    expect(await command("now")).toMatchObject({ code: 0, stdout: "@acme: 1 copied, 0 gone, 0 behind\n" });
    expect(await command("status")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^@acme from http:\S+: as it was at \S+Z\n$/),
    });
  });
});

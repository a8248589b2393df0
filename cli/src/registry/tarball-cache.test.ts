import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import cacache from "cacache";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testWorld } from "../../../test/support/cli.ts";
import { sha512Of } from "./integrity.ts";
import { loadNpmConfig, type NpmConfig } from "./npm-config.ts";
import { fetchTarball } from "./tarball-cache.ts";

const BYTES = Buffer.from("the bytes of a tarball");
const INTEGRITY = sha512Of(BYTES);
const LIMIT = 1000;

describe("a tarball", () => {
  let server: Server;
  let url: string;
  let home: string;
  let asked: string[];
  let answer: Buffer;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(answer);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/@acme/x/-/x-1.0.0.tgz`;
  });
  afterAll(() => void server.close());
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "skills-cache-"));
    asked = [];
    answer = BYTES;
  });
  afterEach(async () => await rm(home, { recursive: true }));

  async function configure(env: Record<string, string> = {}): Promise<NpmConfig> {
    const { world } = testWorld({ cwd: home, home, env: { npm_config_fetch_retries: "0", ...env } });
    return await loadNpmConfig(world, {
      registry: undefined,
      offline: false,
      preferOffline: false,
      note: () => undefined,
    });
  }

  async function fetched(env: Record<string, string> = {}, query = ""): Promise<string> {
    const config = await configure(env);
    const source = { id: "@acme/x@1.0.0", url: `${url}${query}`, integrity: INTEGRITY, limit: LIMIT };
    const bytes = await fetchTarball(source, config.options);
    await config.settle();
    return Buffer.from(bytes).toString();
  }

  test("is fetched once, and comes out of npm's cache from then on, the network up or not", async () => {
    expect(await fetched()).toBe(BYTES.toString());
    expect(await fetched()).toBe(BYTES.toString());
    expect(await fetched({ npm_config_offline: "true" })).toBe(BYTES.toString());
    expect(asked).toHaveLength(1);
  });

  test("that npm fetched before is not fetched again", async () => {
    const config = await configure();
    await cacache.put(config.options.cacheFolder, "put by npm", BYTES, { metadata: {} });
    expect(await fetched()).toBe(BYTES.toString());
    expect(asked).toEqual([]);
  });

  test("that went bad in the cache is fetched anew, and is good there again", async () => {
    const config = await configure();
    await fetched();
    const content = join(config.options.cacheFolder, "content-v2", "sha512");
    const entries = await readdir(content, { recursive: true, withFileTypes: true });
    const file = entries.find((entry) => entry.isFile());
    await writeFile(join(file?.parentPath ?? "", file?.name ?? ""), "other bytes");
    expect(await fetched()).toBe(BYTES.toString());
    expect(await fetched()).toBe(BYTES.toString());
    expect(asked).toHaveLength(2);
  });

  test("comes without a cache where a file is in its place", async () => {
    await writeFile(join(home, ".npm"), "a file");
    expect(await fetched()).toBe(BYTES.toString());
  });

  test("comes without a cache where the home cannot be written", async () => {
    await mkdir(join(home, ".npm"));
    await chmod(join(home, ".npm"), 0o500);
    expect(await fetched()).toBe(BYTES.toString());
  });

  test("with other bytes than its integrity means is refused, and kept nowhere", async () => {
    answer = Buffer.from("other bytes");
    await expect(fetched()).rejects.toMatchObject({ code: "EINTEGRITY" });
    expect(await readdir(home)).toEqual([]);
  });

  test("larger than its limit is refused", async () => {
    answer = Buffer.alloc(LIMIT + 1);
    await expect(fetched()).rejects.toMatchObject({ code: "ESKILLTOOLARGE" });
  });

  test("that is not in the cache is an error of its own when offline", async () => {
    await expect(fetched({ npm_config_offline: "true" })).rejects.toMatchObject({
      code: "ENOTCACHED",
      message: expect.stringContaining("the tarball of @acme/x@1.0.0"),
    });
    expect(asked).toEqual([]);
  });

  test("leaves no query of its address in the cache", async () => {
    const config = await configure();
    await fetched({}, "?signature=geheim");
    const keys = Object.keys(await cacache.ls(config.options.cacheFolder));
    expect(keys).toEqual([`skills:tarball:${url}`]);
  });
});

import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FilesAnswer, filesAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { publishDocument } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { buildSkill, type Files } from "../support/skill.ts";

const PNG = Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1");
const JPEG = Buffer.from("\xff\xd8\xff\xe0rest", "latin1");
const SCRIPT = "<script>alert(1)</script>";

const FILES: Files = {
  "assets/a.png": PNG,
  "assets/b.JPG": JPEG,
  "assets/c.gif": "GIF89a rest",
  "assets/d.webp": Buffer.from("RIFF\x00\x01\x02\x03WEBP", "latin1"),
  "assets/e.svg": `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`,
  "assets/f.html": `<!doctype html>${SCRIPT}`,
  "assets/g.bin": Buffer.from([0, 1, 2, 3]),
  "assets/h.txt": Buffer.from([0xff, 0xfe, 0x61]),
  "assets/lie.png": `<html>${SCRIPT}`,
  "assets/png-without-its-name.txt": PNG,
  "docs/empty.md": "",
  "docs/mit leerzeichen & ümlaut #1%.md": "# Hallo\n",
  "docs/it's (quoted).bin": Buffer.from([0]),
  "scripts/run.sh": "#!/bin/sh\n",
};

let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  const token = await registry.account("acme");
  for (const [version, tag] of [
    ["1.0.0", "latest"],
    ["1.1.0", "latest"],
    ["2.0.0-beta.1", "beta"],
  ] as const) {
    const { tarball } = buildSkill({ version, files: FILES });
    const body = JSON.stringify(
      publishDocument({ name: "@acme/sample", version, license: "MIT" }, tarball, tag),
    );
    expect((await registry.fetch("/@acme%2fsample", { method: "PUT", token, body })).status).toBe(201);
  }
});
afterAll(async () => await registry[Symbol.asyncDispose]());

async function list(version: string): Promise<FilesAnswer> {
  const answer = await registry.fetch(`/api/skills/acme/sample/${encodeURIComponent(version)}/files`);
  expect(answer.status).toBe(200);
  return filesAnswer.parse(await jsonOf(answer));
}

async function read(path: string, version = "1.0.0", init: RequestInit = {}): Promise<Response> {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  return await registry.fetch(`/api/skills/acme/sample/${version}/files/${escaped}`, init);
}

/** The status of a path sent exactly as it is written; fetch would tidy it up first. */
async function rawStatus(path: string): Promise<number> {
  const { hostname, port } = new URL(registry.url);
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: close\r\n\r\n`,
        "latin1",
      );
    });
    socket.once("data", (data) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString("latin1"))?.[1]));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("the list of files", () => {
  it("has every file, sorted, with size, kind and mode", async () => {
    const { files, name, version } = await list("1.0.0");
    expect({ name, version }).toEqual({ name: "@acme/sample", version: "1.0.0" });
    expect(files.map(({ path }) => path)).toEqual(
      [...Object.keys(FILES), "SKILL.md", "package.json"].toSorted(),
    );
    const kinds = Object.fromEntries(files.map(({ path, kind }) => [path, kind]));
    expect(kinds).toMatchObject({
      "SKILL.md": "text",
      "assets/a.png": "image",
      "assets/b.JPG": "image",
      "assets/c.gif": "image",
      "assets/d.webp": "image",
      "assets/e.svg": "text",
      "assets/f.html": "text",
      "assets/g.bin": "binary",
      "assets/h.txt": "binary",
      "assets/lie.png": "text",
      "assets/png-without-its-name.txt": "binary",
      "docs/empty.md": "text",
    });
    expect(files).toContainEqual({ path: "scripts/run.sh", size: 10, kind: "text", executable: true });
  });

  it.each([
    ["latest", "1.1.0"],
    ["beta", "2.0.0-beta.1"],
    ["^1.0.0", "1.1.0"],
    ["1.0.x", "1.0.0"],
  ])("of %s is that of %s", async (wish, version) => {
    expect((await list(wish)).version).toBe(version);
  });

  it.each(["9.9.9", "nothing", "^9", "!"])("of %s is not found", async (wish) => {
    expect((await registry.fetch(`/api/skills/acme/sample/${encodeURIComponent(wish)}/files`)).status).toBe(
      404,
    );
  });

  it("of a skill that is not there is not found", async () => {
    expect((await registry.fetch("/api/skills/acme/other/1.0.0/files")).status).toBe(404);
  });
});

describe("a file", () => {
  it.each(Object.entries(FILES))("%s comes as it was published", async (path, content) => {
    const answer = await read(path);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(content))).toBe(true);
  });

  it.each([
    ["assets/a.png", "image/png"],
    ["assets/b.JPG", "image/jpeg"],
    ["assets/e.svg", "text/plain; charset=utf-8"],
    ["assets/f.html", "text/plain; charset=utf-8"],
    ["assets/lie.png", "text/plain; charset=utf-8"],
    ["assets/g.bin", "application/octet-stream"],
    ["assets/png-without-its-name.txt", "application/octet-stream"],
    ["package.json", "text/plain; charset=utf-8"],
  ])("%s is %s, and can run nothing", async (path, type) => {
    const { headers } = await read(path);
    expect(headers.get("content-type")).toBe(type);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'; sandbox");
    const isSaved = type === "application/octet-stream";
    expect(headers.get("content-disposition")?.startsWith("attachment") ?? false).toBe(isSaved);
  });

  it("that is binary is saved under its own name, escaped", async () => {
    const { headers } = await read("docs/it's (quoted).bin");
    expect(headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''it%27s%20%28quoted%29.bin");
  });

  it("may be kept for ever by its version's number, and is asked for again by a tag", async () => {
    const fixed = await read("SKILL.md");
    expect(fixed.headers.get("cache-control")).toContain("immutable");
    const moving = await read("SKILL.md", "latest");
    expect(moving.headers.get("cache-control")).toBe("no-cache");
    const etag = moving.headers.get("etag") ?? "";
    expect((await read("SKILL.md", "latest", { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await read("SKILL.md", "1.0.0", { headers: { "if-none-match": etag } })).status).toBe(200);
  });

  it("tells its size to HEAD", async () => {
    const { status, headers } = await read("assets/a.png", "1.0.0", { method: "HEAD" });
    expect({ status, length: headers.get("content-length") }).toEqual({
      status: 200,
      length: String(PNG.length),
    });
  });

  it.each(["docs", "docs/", "nothing.md", "skill.md", "package/SKILL.md", "constructor", "__proto__"])(
    "%s is not found",
    async (path) => {
      const answer = await registry.fetch(`/api/skills/acme/sample/1.0.0/files/${path}`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it.each([
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "docs/../SKILL.md",
    "docs/./empty.md",
    "docs//empty.md",
    "docs%2fempty.md",
    "docs%5cempty.md",
    "docs\\empty.md",
    "SKILL.md%00.png",
    "%ff%fe",
    "%",
    "%e2%80%aefdp.md",
    `${"a/".repeat(3000)}b`,
  ])("of the path %s is refused", async (path) => {
    expect(await rawStatus(`/api/skills/acme/sample/1.0.0/files/${path}`)).toBe(400);
  });

  it("takes no parameters", async () => {
    expect(
      (await registry.fetch("/api/skills/acme/sample/1.0.0/files/SKILL.md?path=/etc/passwd")).status,
    ).toBe(400);
  });
});

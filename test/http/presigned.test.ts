import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { downloadsAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { publishBody } from "../support/publish-body.ts";
import { type FaultyS3, startFaultyS3 } from "../support/s3-faults.ts";
import { type Bucket, makeBucket } from "../support/s3-server.ts";
import { startTeam, type Team } from "../support/team.ts";

const TARBALL = "/@acme/secret-skill/-/secret-skill-1.0.0.tgz";
const FLUSH_MS = 60_000;

describe("tarballs from the bucket itself", () => {
  let bucket: Bucket;
  let s3: FaultyS3;
  let team: Team;
  let member: NpmUser;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    bucket = await makeBucket();
    s3 = await startFaultyS3(bucket.settings.endpoint ?? "");
    // Another host than that of the registry, as npm sees it.
    const endpoint = s3.endpoint.replace("127.0.0.1", "localhost");
    const blobs = { ...bucket.settings, endpoint, tarballs: "presigned" as const };
    team = await startTeam({ settings: (base) => ({ ...base, registry: { ...base.registry, blobs } }) });
    const body = JSON.stringify({
      ...publishBody({ name: "@acme/secret-skill", version: "1.0.0" }),
      access: "restricted",
    });
    const { token } = team;
    expect((await team.registry.fetch("/@acme%2fsecret-skill", { method: "PUT", token, body })).status).toBe(
      201,
    );
    member = await npmUser(team.registry, "acme");
  });
  afterAll(async () => {
    vi.useRealTimers();
    await member[Symbol.asyncDispose]();
    await team[Symbol.asyncDispose]();
    await s3[Symbol.asyncDispose]();
    await bucket[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    s3.asked = [];
    s3.headers = [];
  });

  const ask = async (init: RequestInit & { token?: string } = { token: team.token }): Promise<Response> =>
    await team.registry.fetch(TARBALL, { ...init, redirect: "manual" });

  async function downloads(): Promise<number> {
    await vi.advanceTimersByTimeAsync(FLUSH_MS);
    const { token } = team;
    const address = "/api/skills/acme/secret-skill/downloads";
    return downloadsAnswer.parse(await jsonOf(team.registry.fetch(address, { token }))).total;
  }

  it("a reader is sent on to an address that is good for minutes, and kept by nobody", async () => {
    const before = await downloads();
    const answer = await ask({
      token: team.token,
      headers: { "user-agent": "npm/11.2.0 node/v24.1.0 linux x64" },
    });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("etag")).toBeNull();
    const location = new URL(answer.headers.get("location") ?? "");
    expect(location.hostname).toBe("localhost");
    expect(location.searchParams.get("X-Amz-Expires")).toBe("300");
    expect(s3.asked).toEqual([]);
    const published = publishBody({ name: "@acme/secret-skill", version: "1.0.0" });
    expect((await fetch(location)).headers.get("content-length")).toBe(
      String(Object.values(published._attachments)[0]?.length),
    );
    await vi.waitFor(async () => expect(await downloads()).toBe(before + 1), { timeout: 5_000 });
  });

  it("whoever may not read the skill is told no address", async () => {
    const answer = await ask({});
    expect(answer.status).toBe(404);
    expect(answer.headers.get("location")).toBeNull();
  });

  it.each<[string, RequestInit, number]>([
    ["HEAD", { method: "HEAD" }, 200],
    ["what the reader has already", { headers: { "if-none-match": "*" } }, 304],
    ["a range that is none", { headers: { range: "bytes=0-1,4-5" } }, 200],
    ["a range outside", { headers: { range: "bytes=99999999-" } }, 416],
  ])("the registry answers itself: %s", async (_what, init, status) => {
    const answer = await ask({ token: team.token, ...init });
    await answer.arrayBuffer();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("location")).toBeNull();
  });

  it("a range is the bucket's to answer", async () => {
    expect((await ask({ token: team.token, headers: { range: "bytes=0-9" } })).status).toBe(302);
  });

  it("npm, which would send its token to another port of the same host, gets the bytes from us there", async () => {
    const sameHost = team.registry.url.replace("127.0.0.1", "localhost");
    const answer = await fetch(sameHost + TARBALL, {
      headers: { authorization: `Bearer ${team.token}` },
      redirect: "manual",
    });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  });

  it("npm install follows, and leaves its token behind", async () => {
    const folder = await member.folder("project", { "package.json": "{}" });
    const { code, stderr } = await member.npm(["install", "@acme/secret-skill"], { cwd: folder });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(await readFile(path.join(folder, "node_modules/@acme/secret-skill/SKILL.md"), "utf8")).toContain(
      "---",
    );
    expect(s3.asked).toEqual([expect.stringMatching(/^GET .*X-Amz-Signature=/)]);
    expect(s3.headers.map(({ authorization }) => authorization)).toEqual([undefined]);
    const lock = await readFile(path.join(folder, "package-lock.json"), "utf8");
    expect(lock).not.toContain("X-Amz");
  });

  it("skills add follows, and leaves its token behind", async () => {
    const { code, stderr } = await team.skills(["add", "@acme/secret-skill"]);
    expect(stderr).not.toContain("X-Amz");
    expect(code).toBe(0);
    expect(s3.asked).toEqual([expect.stringMatching(/^GET .*X-Amz-Signature=/)]);
    expect(s3.headers.map(({ authorization }) => authorization)).toEqual([undefined]);
    const lock = await readFile(path.join(team.project, "skills.lock"), "utf8");
    expect(lock).not.toContain("X-Amz");
  });
});

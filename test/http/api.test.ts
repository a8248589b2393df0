import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemAnswer } from "../../schema/src/index.ts";
import { errorsByStatus } from "../../plugin/src/http/api/openapi.ts";
import type { Operation } from "../../plugin/src/http/api/operation.ts";
import { operations } from "../../plugin/src/http/api/operations.ts";
import { type ApiRegistry, startApiRegistry } from "../support/api-skills.ts";
import { packageTarball } from "../support/skill.ts";

interface Ask {
  path: string;
  /** With the token of the owner. */
  loggedIn?: boolean;
  init?: RequestInit;
  status: number;
}

const archive = packageTarball({
  "SKILL.md": "---\nname: uploaded\ndescription: Sent as an archive.\nlicense: MIT\n---\nBody.\n",
});
const archiveOf = (bytes: Uint8Array): RequestInit => ({
  body: Buffer.from(bytes),
  headers: { "content-type": "application/gzip" },
});
const installed: RequestInit = { body: "{}", headers: { "content-type": "application/json" } };

/** One request of every operation that it answers, and one that it refuses. */
const ASKS: Record<string, [good: Ask, bad: Ask]> = {
  searchSkills: [
    { path: "/api/skills?q=letters&facets=true&explain=true&limit=5", status: 200 },
    { path: "/api/skills?limit=0", status: 400 },
  ],
  getSkill: [
    { path: "/api/skills/acme/letters", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/nothing", status: 404 },
  ],
  getVersion: [
    { path: "/api/skills/acme/letters/1.0.0", status: 200 },
    { path: "/api/skills/acme/letters/9.9.9", status: 404 },
  ],
  listFiles: [
    { path: "/api/skills/acme/letters/latest/files", status: 200 },
    { path: "/api/skills/acme/letters/nope/files", status: 404 },
  ],
  readFile: [
    { path: "/api/skills/acme/letters/1.1.0/files/references/guide.md", status: 200 },
    { path: "/api/skills/acme/letters/1.1.0/files/references/none.md", status: 404 },
  ],
  diffVersions: [
    { path: "/api/skills/acme/letters/diff/1.0.0...1.1.0", status: 200 },
    { path: "/api/skills/acme/letters/diff/1.0.0", status: 400 },
  ],
  getDownloads: [
    { path: "/api/skills/acme/letters/downloads?range=last-week", status: 200 },
    { path: "/api/skills/acme/letters/downloads?range=for-ever", status: 400 },
  ],
  reportInstall: [
    { path: "/api/skills/acme/letters/1.0.0/installs", init: installed, status: 204 },
    { path: "/api/skills/acme/letters/9.9.9/installs", init: installed, status: 404 },
  ],
  likeSkill: [
    { path: "/api/skills/acme/letters/like", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/letters/like", status: 401 },
  ],
  unlikeSkill: [
    { path: "/api/skills/acme/letters/like", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/letters/like", status: 401 },
  ],
  uploadSkill: [
    { path: "/api/skills/acme/uploaded", loggedIn: true, init: archiveOf(archive), status: 201 },
    {
      path: "/api/skills/acme/other-name",
      loggedIn: true,
      init: archiveOf(packageTarball({ "README.md": "No skill." })),
      status: 422,
    },
  ],
  getNamespace: [
    { path: "/api/namespaces/acme", status: 200 },
    { path: "/api/namespaces/nobody", status: 404 },
  ],
  getStats: [
    { path: "/api/stats", status: 200 },
    { path: "/api/stats?since=ever", status: 400 },
  ],
  getOpenApi: [
    { path: "/api/openapi.json", status: 200 },
    { path: "/api/openapi.json?version=2", status: 400 },
  ],
};

const cases = operations.map((operation) => {
  const [good, bad] = ASKS[operation.id] ?? [];
  return { id: operation.id, operation, good, bad };
});
const reading = cases.filter(({ operation }) => operation.method === "GET");

describe("the REST API:", () => {
  let registry: ApiRegistry;

  beforeAll(async () => {
    registry = await startApiRegistry();
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function ask(operation: Operation, wish: Ask | undefined, method = operation.method as string) {
    if (wish === undefined) throw new Error(`the test asks nothing of ${operation.id}`);
    const { path, loggedIn, init } = wish;
    return await registry.fetch(path, {
      method,
      ...init,
      ...(loggedIn === true ? { token: registry.token } : {}),
    });
  }

  it.each(cases)("$id answers as it says", async ({ operation, good }) => {
    const answer = await ask(operation, good);
    expect(answer.status, await answer.clone().text()).toBe(good?.status);
    const declared = operation.answers.find(({ status }) => status === answer.status);
    const type = answer.headers.get("content-type")?.split(";")[0];
    expect(declared?.types ?? []).toEqual(type === undefined ? [] : expect.arrayContaining([type]));
    if (declared?.schema === undefined) return;
    // Parsing drops what the schema does not know: nothing may be missing after it.
    const body: unknown = await answer.json();
    expect(declared.schema.parse(body)).toEqual(body);
  });

  it.each(cases)("$id refuses as it says", async ({ operation, bad }) => {
    const answer = await ask(operation, bad);
    expect(answer.status).toBe(bad?.status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const body: unknown = await answer.json();
    const problem = problemAnswer.parse(body);
    expect(problem).toEqual(body);
    expect(problem).toMatchObject({
      status: answer.status,
      type: `/api#${problem.code}`,
      instance: `urn:uuid:${answer.headers.get("x-request-id")}`,
    });
    const [, codes = []] = errorsByStatus(operation).find(([status]) => status === answer.status) ?? [];
    expect(codes).toContain(problem.code);
  });

  it.each(reading)(
    "$id answers 304 to who has it already, and HEAD without a body",
    async ({ operation, good }) => {
      const first = await ask(operation, good);
      const etag = first.headers.get("etag") ?? "";
      expect(etag).toMatch(/^"[^"]+"$/);
      const again = await ask(operation, {
        path: good?.path ?? "",
        loggedIn: good?.loggedIn ?? false,
        status: 304,
        init: { headers: { "if-none-match": etag } },
      });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      const head = await ask(operation, good, "HEAD");
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect(head.headers.get("etag")).toBe(etag);
      expect(head.headers.get("content-length")).toBe(String((await first.arrayBuffer()).byteLength));
    },
  );

  it("is readable for people at /api, with an anchor for every operation and every code", async () => {
    const answer = await registry.fetch("/api", { headers: { accept: "text/html" } });
    expect(answer.headers.get("content-type")).toContain("text/html");
    const text = await answer.text();
    for (const { id } of operations) expect(text).toContain(`id="${id}"`);
    for (const code of new Set(
      operations.flatMap((operation) => errorsByStatus(operation)).flatMap(([, codes]) => codes),
    )) {
      expect(text).toContain(`id="${code}"`);
    }
  });
});

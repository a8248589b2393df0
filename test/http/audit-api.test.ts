import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditAnswer, type AuditEntryAnswer, type AuditAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { publish } from "../support/web-registry.ts";

describe("GET /api/audit", () => {
  let registry: TestRegistry;
  let operator: string;
  let acme: string;
  let mallory: string;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({
        ...settings,
        registry: { ...settings.registry, operators: ["otto"], requestsPerMinute: 1_000_000 },
      }),
    });
    operator = await registry.account("otto");
    acme = await registry.account("acme");
    mallory = await registry.account("mallory");
    for (const version of ["1.0.0", "1.1.0", "1.2.0"]) {
      await publish(registry, acme, { name: "@acme/sample", version });
    }
    await publish(registry, mallory, { name: "@mallory/sample" });
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function read(query: string, token: string): Promise<AuditAnswer> {
    return auditAnswer.parse(await jsonOf(registry.fetch(`/api/audit${query}`, { token })));
  }

  async function refusal(query: string, token?: string): Promise<[number, string]> {
    const answer = await registry.fetch(`/api/audit${query}`, token === undefined ? {} : { token });
    const { code }: { code: string } = await jsonOf(answer);
    return [answer.status, code];
  }

  it("shows operators all of it, newest first, with addresses and hashes", async () => {
    const { entries } = await read("", operator);
    expect(entries.map(({ id }) => id)).toEqual(entries.map((_entry, index) => entries.length - index));
    expect(entries.map(({ account }) => account)).toEqual(
      expect.arrayContaining(["otto", "acme", "mallory"]),
    );
    expect(entries[0]).toMatchObject({
      action: "publish",
      subject: "@mallory/sample@1.0.0",
      address: "127.0.0.1",
    });
    expect(entries[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("shows owners who did what to their namespace, and not where people were", async () => {
    const { entries } = await read("?namespace=@acme", acme);
    expect(entries.map(({ subject }) => subject).slice(0, 3)).toEqual([
      "@acme/sample@1.2.0",
      "@acme/sample@1.1.0",
      "@acme/sample@1.0.0",
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({ namespace: "acme", address: null, hash: null });
    }
  });

  it("shows operators every namespace", async () => {
    const { entries } = await read("?namespace=mallory", operator);
    expect(entries[0]).toMatchObject({ subject: "@mallory/sample@1.0.0", address: "127.0.0.1" });
  });

  it("is not for anybody else", async () => {
    expect(await refusal("")).toEqual([401, "ENEEDAUTH"]);
    expect(await refusal("?namespace=acme")).toEqual([401, "ENEEDAUTH"]);
    expect(await refusal("", acme)).toEqual([403, "EFORBIDDEN"]);
    expect(await refusal("?namespace=acme", mallory)).toEqual([403, "ESKILLSCOPE"]);
    expect(await refusal("?namespace=nothing", mallory)).toEqual([403, "ESKILLSCOPE"]);
  });

  it.each([
    "?limit=0",
    "?limit=1001",
    "?format=xml",
    "?before=3",
    "?cursor=abc",
    "?namespace=acme&namespace=mallory",
  ])("refuses %s", async (query) => {
    expect(await refusal(query, operator)).toEqual([400, "EBADREQUEST"]);
  });

  it("pages through all entries once, and refuses the cursor of another namespace", async () => {
    const whole = await read("?namespace=acme", acme);
    const paged: AuditEntryAnswer[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: AuditAnswer = await read(
        `?namespace=acme&limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`,
        acme,
      );
      expect(page.entries.length).toBeLessThanOrEqual(2);
      paged.push(...page.entries);
      cursor = page.next;
    }
    expect(paged).toEqual(whole.entries);
    const { next } = await read("?namespace=acme&limit=1", acme);
    expect(await refusal(`?namespace=mallory&cursor=${next}`, mallory)).toEqual([400, "EBADREQUEST"]);
  });

  it("exports lines, one entry each, and leads on with a Link header", async () => {
    const answer = await registry.fetch("/api/audit?format=jsonl&limit=2", { token: operator });
    expect(answer.headers.get("content-type")).toBe("application/jsonl");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(answer.headers.get("link")).toContain('rel="next"');
    const lines = (await answer.text()).trimEnd().split("\n");
    const { entries } = await read("?limit=2", operator);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(entries);
  });

  it("goes on where it was while new entries are written", async () => {
    const { entries, next } = await read("?limit=2", operator);
    await registry.account("late");
    const after = await read(`?limit=2&cursor=${next}`, operator);
    expect(after.entries.map(({ id }) => id)).toEqual([1, 2].map((step) => (entries[1]?.id ?? 0) - step));
  });
});

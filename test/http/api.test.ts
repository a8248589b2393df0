import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemAnswer, trustsAnswer } from "../../schema/src/index.ts";
import { errorsByStatus } from "../../plugin/src/http/api/openapi.ts";
import type { Operation } from "../../plugin/src/http/api/operation.ts";
import { operations } from "../../plugin/src/http/api/operations.ts";
import { type Ask, ASKS } from "../support/api-asks.ts";
import { type ApiRegistry, startApiRegistry } from "../support/api-skills.ts";

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

  async function firstTrust(path: string): Promise<string> {
    if (!path.includes("{trust}")) return "";
    const answer = await registry.fetch(path.replace("/{trust}", ""), { token: registry.token });
    return trustsAnswer.parse(await answer.json()).trusts[0]?.id ?? "";
  }

  async function ask(operation: Operation, wish: Ask | undefined, method = operation.method as string) {
    if (wish === undefined) throw new Error(`the test asks nothing of ${operation.id}`);
    const { path, loggedIn, init } = wish;
    return await registry.fetch(path.replace("{trust}", await firstTrust(path)), {
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

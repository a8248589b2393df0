import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendForm } from "../support/fetch-page.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";

describe("the form for a new account", () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await startRegistry();
    await registry.account("taken");
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  const fields = (name: string): Record<string, string> => ({ name, email: "", password: PASSWORD });

  it("makes an account for somebody at this machine, and logs in", async () => {
    const answer = await sendForm(registry, "/register", {
      fields: { ...fields("newcomer"), next: "/search" },
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/search"]);
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    const account = await registry.fetch("/account", { headers: { accept: "text/html", cookie } });
    expect(await account.text()).toContain("<h1>newcomer</h1>");
  });

  it.each([
    ["taken", PASSWORD, 409],
    ["admin", PASSWORD, 409],
    ["Upper", PASSWORD, 400],
    ["ünïcode", PASSWORD, 400],
    ["", PASSWORD, 400],
    ["short-password", "short", 400],
  ])("makes none that cannot be: %j", async (name, password, status) => {
    const answer = await sendForm(registry, "/register", { fields: { ...fields(name), password } });
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([status, null]);
    expect(await answer.text()).not.toContain(`value="${password}"`);
  });

  it("makes none through a proxy, behind which anybody could be", async () => {
    const answer = await sendForm(registry, "/register", {
      fields: fields("from-afar"),
      headers: { "x-forwarded-for": "203.0.113.5" },
    });
    expect(answer.status).toBe(403);
    expect((await registry.fetch("/skills/from-afar")).status).toBe(404);
  });

  it("makes none for a page whose own name points to this machine", async () => {
    const body = new URLSearchParams(fields("rebound")).toString();
    const host = `evil.example:${new URL(registry.url).port}`;
    const sent = request(`${registry.url}/register`, {
      method: "POST",
      headers: {
        host,
        origin: `http://${host}`,
        "sec-fetch-site": "same-origin",
        accept: "text/html",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body),
      },
    });
    sent.end(body);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(403);
    expect(await text(answer)).toContain("Nobody can register here");
  });
});

it("there is no form where registration is closed, and none is taken", async () => {
  await using closed = await startRegistry({
    settings: (settings) => ({
      ...settings,
      registry: { ...settings.registry, registration: "closed" },
    }),
  });
  expect((await closed.fetch("/register", { headers: { accept: "text/html" } })).status).toBe(403);
  const sent = await sendForm(closed, "/register", {
    fields: { name: "newcomer", email: "", password: PASSWORD },
  });
  expect(sent.status).toBe(403);
  const login = await closed.fetch("/login", { headers: { accept: "text/html" } });
  expect(await login.text()).not.toContain("Create an account");
});

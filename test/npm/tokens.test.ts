import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logIn, sendForm } from "../support/fetch-page.ts";
import { type NpmUser, npmUser } from "../support/npm.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";
import { jsonOf } from "../support/json.ts";

describe("npm, tokens", () => {
  let registry: TestRegistry;
  let acme: NpmUser;

  beforeAll(async () => {
    registry = await startRegistry();
    acme = await npmUser(registry, "acme");
  });
  afterAll(async () => {
    await acme[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  async function createToken(...options: string[]): Promise<string> {
    const made = await acme.npm([
      "token",
      "create",
      "--name=ci",
      `--password=${PASSWORD}`,
      "--json",
      ...options,
    ]);
    expect(made).toMatchObject({ code: 0 });
    const { token }: { token: string } = JSON.parse(made.stdout);
    return token;
  }

  async function whoami(token: string): Promise<number> {
    return (await registry.fetch("/-/whoami", { token })).status;
  }

  it("creates, lists and revokes", async () => {
    const token = await createToken();
    expect(token).toMatch(/^skl_/);
    expect(await whoami(token)).toBe(200);
    const listed = await acme.npm(["token", "list", "--json"]);
    const tokens: { key: string; token: string; name: string }[] = JSON.parse(listed.stdout);
    const made = tokens.find((candidate) => candidate.name === "ci");
    expect(made?.token).toBe(token.slice(0, 8));
    expect(listed.stdout).not.toContain(token);
    expect((await acme.npm(["token", "revoke", made?.key ?? ""])).code).toBe(0);
    expect(await whoami(token)).toBe(401);
  });

  it("refuses to publish with a read-only token", async () => {
    const token = await createToken("--packages-all", "--packages-and-scopes-permission=read-only");
    const skill = await acme.skill("@acme/readonly", "1.0.0", {
      ".npmrc": `${registry.url.replace("http:", "")}/:_authToken=${token}\n`,
    });
    const refused = await acme.npm(["publish"], { cwd: skill });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("this token is read-only");
    expect(await whoami(token)).toBe(200);
  });

  it("refuses to publish with a token that older clients made read-only", async () => {
    const made = await registry.fetch("/-/npm/v1/tokens", {
      method: "POST",
      token: await registry.account("acme"),
      body: JSON.stringify({ password: PASSWORD, readonly: true, cidr_whitelist: [] }),
    });
    const { token }: { token: string } = await jsonOf(made);
    const refused = await registry.fetch("/@acme%2fx/-rev/1", { method: "DELETE", token });
    expect(refused.status).toBe(403);
  });

  it("says when a token expires", async () => {
    const before = Date.now();
    await createToken("--expires=2");
    const listed = await acme.npm(["token", "list", "--json"]);
    const tokens: { expires: string | null }[] = JSON.parse(listed.stdout);
    const expiries = tokens.flatMap(({ expires }) => (expires === null ? [] : [Date.parse(expires)]));
    expect(expiries).toHaveLength(1);
    expect((expiries[0] ?? 0) - before).toBeGreaterThanOrEqual(2 * 86_400_000);
  });

  it("honours --cidr", async () => {
    const inside = await createToken("--cidr=127.0.0.0/8");
    expect(await whoami(inside)).toBe(200);
    const outside = await createToken("--cidr=10.0.0.0/8");
    expect(await whoami(outside)).toBe(403);
  });

  it("limits a token to the packages that are named", async () => {
    const token = await createToken("--packages=@acme/one", "--packages=@acme/two");
    const npmrc = { ".npmrc": `${registry.url.replace("http:", "")}/:_authToken=${token}\n` };
    const one = await acme.skill("@acme/one", "1.0.0", npmrc);
    expect(await acme.npm(["publish"], { cwd: one })).toMatchObject({ code: 0 });
    const refused = await acme.npm(["publish"], { cwd: await acme.skill("@acme/three", "1.0.0", npmrc) });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("this token is limited to @acme/one, @acme/two");
    expect((await registry.fetch("/@acme%2fthree")).status).toBe(404);
  });

  it("limits a token to scopes, and lists what each token may and when it was used", async () => {
    const token = await createToken(
      "--scopes=@acme",
      "--packages-and-scopes-permission=read-only",
      "--orgs-permission=no-access",
      "--token-description=for the mirror",
    );
    expect(await whoami(token)).toBe(200);
    const tokens: unknown[] = JSON.parse((await acme.npm(["token", "list", "--json"])).stdout);
    expect(tokens).toContainEqual(
      expect.objectContaining({ kind: "token", packages: ["@acme"], readonly: true, last_used: null }),
    );
    expect(tokens).toContainEqual(expect.objectContaining({ kind: "login", name: "login", packages: [] }));
  });

  it("refuses options that it would have to ignore", async () => {
    const create = ["token", "create", "--name=ci", `--password=${PASSWORD}`];
    const refused = await acme.npm([...create, "--orgs=acme", "--orgs-permission=read-write"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("tokens cannot be limited to what they may do with orgs");
  });

  it.each([
    [{ scopes: ["acme"] }, "neither a namespace nor a skill"],
    [{ scopes: ["@acme/x"] }, "is not a scope"],
    [{ packages: ["legal-documents"] }, "neither a namespace nor a skill"],
    [{ packages: ["@Acme/x"] }, "neither a namespace nor a skill"],
    [{ packages: "@acme/x" }, "packages"],
    [{ packages: Array.from({ length: 33 }, () => "@acme") }, "packages"],
    [{ packages_all: true, packages: ["@acme/x"] }, "not both"],
    [{ packages_and_scopes_permission: "no-access" }, "cannot be had"],
    [{ orgs: ["acme"] }, "orgs"],
    [{ orgs_permission: "no-access" }, "orgs"],
    [{ scopes: ["@acme"], orgs_permission: "read-only" }, "orgs"],
    [{ cidr_whitelist: ["10.0.0.0"] }, "is not a network"],
    [{ expires: 0 }, "expires"],
    [{ environments: ["ci"] }, "environments"],
  ])("refuses %j, and makes no token", async (options, complaint) => {
    const token = await registry.account("acme");
    const count = async (): Promise<number> => {
      const listed: { objects: unknown[] } = await jsonOf(
        await registry.fetch("/-/npm/v1/tokens", { token }),
      );
      return listed.objects.length;
    };
    const before = await count();
    const refused = await registry.fetch("/-/npm/v1/tokens", {
      method: "POST",
      token,
      body: JSON.stringify({ name: "ci", password: PASSWORD, ...options }),
    });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain(complaint);
    expect(await count()).toBe(before);
  });

  it("revokes what was made on the page of the account", async () => {
    const cookie = await logIn(registry, "acme");
    const fields = { name: "made on a page", access: "read-write", days: "7", cidr: "", password: PASSWORD };
    const page = await sendForm(registry, "/account/tokens", { fields, cookie });
    const token = /skl_[\w-]{49}/.exec(await page.text())?.[0] ?? "";
    expect(await whoami(token)).toBe(200);
    expect(await acme.npm(["token", "revoke", token])).toMatchObject({ code: 0 });
    expect(await whoami(token)).toBe(401);
  });

  it("revokes at logout", async () => {
    await using user = await npmUser(registry, "leaver");
    const token = /_authToken=(.*)/.exec(await readFile(path.join(user.home, ".npmrc"), "utf8"))?.[1] ?? "";
    expect(await whoami(token)).toBe(200);
    expect((await user.npm(["logout"])).code).toBe(0);
    expect(await whoami(token)).toBe(401);
  });
});

import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePackageName } from "../../schema/src/index.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { quarantine } from "../../plugin/src/registry/quarantine.ts";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { PASSWORD, startRegistry, type TestRegistry } from "../support/registry.ts";
import { openMetadataBeside } from "../support/test-store.ts";
import { publish } from "../support/web-registry.ts";

const AT_SERVER: Caller = { account: null, token: null, operator: true, address: "", local: true };

describe("the operator's page", () => {
  let registry: TestRegistry;
  let metadata: Metadata;
  let cookie: string;

  beforeAll(async () => {
    registry = await startRegistry({
      settings: (settings) => ({ ...settings, registry: { ...settings.registry, operators: ["otto"] } }),
    });
    const token = await registry.account("acme");
    await publish(registry, token, { name: "@acme/sample" });
    await registry.account("lena");
    await registry.account("otto");
    const login = await fetch(`${registry.url}/login`, {
      method: "POST",
      body: new URLSearchParams({ name: "otto", password: PASSWORD }),
      headers: { origin: registry.url },
      redirect: "manual",
    });
    cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    metadata = await openMetadataBeside(path.join(registry.dataDir, "data"));
  });
  afterAll(async () => {
    await metadata.close();
    await registry[Symbol.asyncDispose]();
  });

  async function show(query = ""): Promise<{ status: number; text: string }> {
    const headers = { accept: "text/html", cookie };
    const answer = await registry.fetch(`/operator${query}`, { headers });
    return { status: answer.status, text: await answer.text() };
  }

  it("lists withdrawn versions with their reasons, and locked accounts", async () => {
    expect((await show()).text).not.toContain("Table of locked accounts");
    const name = parsePackageName("@acme/sample");
    if (name === undefined) throw new Error("not a name");
    const target = { name, version: "1.0.0", reason: "it <b>lied</b>", detail: {} };
    await quarantine({ metadata, now: () => new Date() }, AT_SERVER, target);
    await metadata.transaction(async (tx) => {
      const lena = await tx.account("lena");
      await tx.setLocked(lena?.id ?? 0, new Date().toISOString());
    });
    const { text } = await show();
    expect(text).toMatch(
      /Table of withdrawn versions[^]*@acme\/sample<\/a>@1\.0\.0[^]*it &lt;b&gt;lied&lt;\/b&gt;/,
    );
    expect(text).toMatch(/Table of locked accounts[^]*<td>lena<\/td>/);
  });

  it("shows the head of the audit log, and pages back through all of it", async () => {
    await metadata.transaction(async (tx) => {
      const entry = {
        at: new Date().toISOString(),
        account: null,
        subject: "x",
        namespace: null,
        detail: {},
        address: "",
      };
      for (let number = 0; number < 120; number += 1) await tx.appendAudit({ ...entry, action: "test" });
    });
    const [head] = await metadata.audit({ namespace: null, before: null, limit: 1 });
    const ids: number[] = [];
    let query: string | undefined = "";
    while (query !== undefined) {
      const { text } = await show(query);
      expect(text).toContain(`${head?.id}:${head?.hash}`);
      ids.push(...Array.from(text.matchAll(/<tr>\s*<td>(\d+)<\/td>/g), ([, id]) => Number(id)));
      query = /href="\/operator(\?before=\d+)#audit-title"/.exec(text)?.[1];
    }
    expect(ids).toEqual(Array.from({ length: head?.id ?? 0 }, (_none, index) => (head?.id ?? 0) - index));
  });

  it.each(["?before=0", "?before=x", "?before=-1"])("refuses %s", async (query) => {
    expect((await show(query)).status).toBe(400);
  });
});

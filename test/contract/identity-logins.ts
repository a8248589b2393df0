import { expect, test } from "vitest";
import type { OpenMetadata } from "./metadata.ts";
import { AT, LATER, addAccount, sampleIdentity } from "./samples.ts";

/** Identities elsewhere, and logins that are under way. Registered by `describeIdentity`. */
export function describeLogins(open: OpenMetadata): void {
  test("an identity is found by its provider and subject, and listed for its account", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    const github = sampleIdentity(id);
    const okta = sampleIdentity(id, {
      provider: "okta",
      subject: "00u1",
      groups: [],
      grant: null,
      createdAt: "2026-01-01T00:00:00.000Z",
    });
    await metadata.transaction(async (tx) => {
      for (const identity of [github, okta]) await tx.putIdentity(identity);
    });
    expect(await metadata.identity("github", "7")).toEqual(github);
    expect(await metadata.identity("okta", "7")).toBeUndefined();
    expect(await metadata.identity("github", "00u1")).toBeUndefined();
    expect(await metadata.identities(id)).toEqual([okta, github]);
    expect(await metadata.identities(id + 1)).toEqual([]);
  });

  test("an identity takes over what the provider tells, and never changes its account", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const [acme, other] = [await addAccount(metadata, "acme"), await addAccount(metadata, "other")];
    const before = sampleIdentity(acme.id);
    const told = {
      login: "renamed",
      groups: [{ id: "9", name: "globex", admin: true }],
      groupsAt: LATER,
      grant: null,
    };
    await metadata.transaction(async (tx) => {
      await tx.putIdentity(before);
      await tx.putIdentity({ ...before, ...told, accountId: other.id, createdAt: LATER });
    });
    expect(await metadata.identity("github", "7")).toEqual({ ...before, ...told });
    expect(await metadata.identities(other.id)).toEqual([]);
  });

  test("an identity is deleted by its own account only, with its groups", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const { id } = await addAccount(metadata);
    await metadata.transaction(async (tx) => {
      await tx.putIdentity(sampleIdentity(id));
      await tx.deleteIdentity(id + 1, "github", "7");
    });
    expect(await metadata.identity("github", "7")).toBeDefined();
    await metadata.transaction(async (tx) => {
      await tx.deleteIdentity(id, "github", "7");
      await tx.deleteIdentity(id, "github", "7");
      await tx.putIdentity(sampleIdentity(id, { groups: [] }));
    });
    expect((await metadata.identity("github", "7"))?.groups).toEqual([]);
  });

  test("a login goes on at another node, with what is known of it by then", async () => {
    await using opened = await open();
    const another = await opened.another();
    const flow = { hash: "a".repeat(64), kind: "npm", data: { state: "s", deep: [1, null] }, expiresAt: AT };
    await opened.metadata.transaction((tx) => tx.putLoginFlow(flow));
    expect(await another.loginFlow(flow.hash)).toEqual(flow);
    const proved = { ...flow, kind: "web", data: { account: 7 }, expiresAt: LATER };
    await another.transaction((tx) => tx.putLoginFlow(proved));
    expect(await opened.metadata.loginFlow(flow.hash)).toEqual(proved);
    await opened.metadata.transaction((tx) => tx.deleteLoginFlow(flow.hash));
    expect(await another.loginFlow(flow.hash)).toBeUndefined();
    await another.close();
  });

  test("of many uses of one id of an ID token, at two nodes at once, one is the first", async () => {
    await using opened = await open();
    const another = await opened.another();
    const use = (metadata: typeof another, issuer: string) =>
      metadata.transaction((tx) => tx.useJti(issuer, "jti-1", LATER));
    const handles = [opened.metadata, another, opened.metadata, another, another, opened.metadata];
    const uses = await Promise.all(handles.map((metadata) => use(metadata, "github")));
    expect(uses.filter(Boolean)).toEqual([true]);
    expect(await use(another, "gitlab")).toBe(true);
    await another.close();
  });

  test("an id counts as unused when the transaction that used it failed", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const failing = metadata.transaction(async (tx) => {
      await tx.useJti("github", "jti-1", LATER);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await metadata.transaction((tx) => tx.useJti("github", "jti-1", LATER))).toBe(true);
  });

  test("logins and ids that have ended are swept, others stay", async () => {
    await using opened = await open();
    const { metadata } = opened;
    const flow = (hash: string, expiresAt: string) => ({ hash, kind: "npm", data: {}, expiresAt });
    await metadata.transaction(async (tx) => {
      await tx.putLoginFlow(flow("ended", AT));
      await tx.putLoginFlow(flow("running", LATER));
      await tx.useJti("github", "ended", AT);
      await tx.useJti("github", "running", LATER);
      await tx.deleteEndedFlows(LATER);
    });
    expect(await metadata.loginFlow("ended")).toBeUndefined();
    expect(await metadata.loginFlow("running")).toEqual(flow("running", LATER));
    const again = (jti: string) => metadata.transaction((tx) => tx.useJti("github", jti, LATER));
    expect([await again("ended"), await again("running")]).toEqual([true, false]);
  });
}

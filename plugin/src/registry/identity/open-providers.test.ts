import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProviderConfig } from "../../config.ts";
import { openProviders } from "./open-providers.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "skills-providers-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

function gitHub(clientSecret: string | { file: string }): ProviderConfig {
  const url = "https://github.com";
  return { type: "github", id: "hub", title: "Hub", url, clientId: "id", clientSecret, organizations: [] };
}

const OKTA: ProviderConfig = {
  type: "oidc",
  id: "okta",
  title: "Okta",
  // Nobody listens there.
  issuer: "http://127.0.0.1:1",
  clientId: "skills",
  scopes: ["openid"],
  claims: { login: "preferred_username", groups: "groups" },
  groups: [],
};

describe("the configured providers", () => {
  it("are opened in their order without being asked anything, names and passwords of our own left out", async () => {
    const opened = await openProviders([OKTA, { type: "local" }, gitHub("secret")]);
    expect(opened.map(({ id, title, ownsNames }) => ({ id, title, ownsNames }))).toEqual([
      { id: "okta", title: "Okta", ownsNames: false },
      { id: "hub", title: "Hub", ownsNames: true },
    ]);
  });

  it("may have their secrets in files", async () => {
    const file = path.join(folder, "hub.secret");
    await writeFile(file, "secret\n");
    expect(await openProviders([gitHub({ file })])).toHaveLength(1);
  });

  it("stop the start when a secret is missing or empty, naming provider and file", async () => {
    const missing = path.join(folder, "missing.secret");
    await expect(openProviders([gitHub({ file: missing })])).rejects.toThrow(
      `skills.providers: the client secret of hub cannot be read from ${missing}`,
    );
    const empty = path.join(folder, "empty.secret");
    await writeFile(empty, "\n");
    await expect(openProviders([gitHub({ file: empty })])).rejects.toThrow(
      `the client secret of hub, ${empty}, is empty`,
    );
  });
});

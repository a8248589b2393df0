import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, defaultSettings, parseConfig, readConfigFile } from "./config-file.ts";

const SHIPPED = path.resolve(import.meta.dirname, "../../config.yaml");

const OIDC = "{type: oidc, id: okta, title: Okta, clientId: skills, issuer: https://login.example.com}";

function problemsOf(text: string): string {
  try {
    parseConfig(text, "/srv/config.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("the configuration", () => {
  it("shipped as config.yaml shows the defaults", async () => {
    expect(await readConfigFile(SHIPPED)).toEqual(defaultSettings(path.dirname(SHIPPED)));
  });

  it("shipped as config.yaml names every key of the skills section", async () => {
    const text = await readFile(SHIPPED, "utf8");
    const { registry } = defaultSettings("/srv");
    for (const key of Object.keys(registry)) expect(text).toContain(`\n  ${key}:`);
  });

  it("finds the data folder beside the file", () => {
    expect(parseConfig("skills:\n  data: ./files\n", "/srv/config.yaml").registry.data).toBe("/srv/files");
  });

  it.each([
    [
      "an unknown key",
      "listen: 127.0.0.1:1\nstorage: ./x\n",
      "config.yaml:2: storage: is not a key of this configuration",
    ],
    [
      "an unknown nested key",
      "skills:\n  limits:\n    tarbal: 1\n",
      "config.yaml:3: skills.limits.tarbal: is not a key of this configuration",
    ],
    [
      "a wrong type",
      "skills:\n  data: ./x\n  limits:\n    tarball: big\n",
      "config.yaml:4: skills.limits.tarball: ",
    ],
    ["a wrong choice", "skills:\n  registration: maybe\n", "config.yaml:2: skills.registration: "],
    ["a port that does not exist", "\nlisten: 127.0.0.1:65536\n", "config.yaml:2: listen: "],
    ["a wrong address", "listen: 4873\n", "config.yaml:1: listen: "],
    [
      "an uplink",
      "uplinks:\n  npmjs:\n    url: x\n",
      "config.yaml:2: uplinks.npmjs: is not a key of this configuration",
    ],
    [
      "a second plugin",
      "auth:\n  htpasswd: {}\n",
      "config.yaml:2: auth.htpasswd: is not a key of this configuration",
    ],
    [
      "a provider's address that is not https",
      "skills:\n  providers:\n    - type: local\n    - type: github\n      clientId: x\n      clientSecret: y\n      url: http://github.example.com\n",
      "config.yaml:7: skills.providers.1.url: has to be an https address",
    ],
    [
      "a provider's address with a password",
      "skills:\n  providers:\n    - {type: oidc, id: a, title: A, clientId: x, issuer: https://me:secret@example.com}\n",
      "config.yaml:3: skills.providers.0.issuer: has to be an address without user, query and fragment",
    ],
    [
      "a provider's address that is none",
      "skills:\n  providers:\n    - {type: oidc, id: a, title: A, clientId: x, issuer: example}\n",
      "config.yaml:3: skills.providers.0.issuer: Invalid URL",
    ],
    [
      "a provider without an application",
      "skills:\n  providers:\n    - type: github\n      id: hub\n",
      "config.yaml:3: skills.providers.0.clientId: ",
    ],
    [
      "a second local provider",
      "skills:\n  providers:\n    - type: local\n    - type: local\n",
      "config.yaml:4: skills.providers.1: local is there twice",
    ],
    [
      "two providers with one id",
      `skills:\n  providers:\n    - ${OIDC}\n    - ${OIDC}\n`,
      "config.yaml:4: skills.providers.1: okta is there twice",
    ],
    [
      "a provider that calls itself local",
      `skills:\n  providers:\n    - type: local\n    - ${OIDC.replace("okta", "local")}\n`,
      "config.yaml:4: skills.providers.1: local is there twice",
    ],
    [
      "an OIDC provider that is not asked for an ID token",
      `skills:\n  providers:\n    - ${OIDC.replace("}", ", scopes: [profile]}")}\n`,
      "config.yaml:3: skills.providers.0.scopes: has to name openid",
    ],
    ["a registry without a provider", "skills:\n  providers: []\n", "config.yaml:2: skills.providers: "],
    [
      "an issuer that is not https",
      "skills:\n  trustedPublishing:\n    - {id: a, type: other, title: A, issuer: http://ci.example.com}\n",
      "config.yaml:3: skills.trustedPublishing.0.issuer: has to be an https address",
    ],
    [
      "PostgreSQL without a key for all nodes",
      "skills:\n  metadata: {type: postgres, url: postgres://db.example.com/skills}\n",
      "config.yaml:1: skills.secretFile: has to name a file with a key that is the same on all nodes",
    ],
    [
      "a bucket that may be silent for longer than a removal may take",
      "skills:\n  blobs: {type: s3, bucket: skills, timeoutSeconds: 61}\n",
      "config.yaml:2: skills.blobs.timeoutSeconds: ",
    ],
    ["broken YAML", "listen: [\n", "config.yaml:"],
    ["a duplicate key", "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "config.yaml:2: "],
  ])("names the line of %s", (_what, text, message) => {
    expect(problemsOf(text)).toContain(message);
  });

  it("takes plain http from providers on this machine", () => {
    for (const host of ["127.0.0.1:9000", "localhost:9000", "[::1]:9000"]) {
      const local = OIDC.replace("https://login.example.com", `"http://${host}"`);
      expect(problemsOf(`skills:\n  providers:\n    - ${local}\n`)).toBe("");
    }
  });

  it("finds the files of keys and secrets beside the file", () => {
    const secret = OIDC.replace("}", ", clientSecret: {file: ./okta.secret}}");
    const { registry } = parseConfig(
      `skills:\n  secretFile: ./the.key\n  providers:\n    - ${secret}\n`,
      "/srv/config.yaml",
    );
    expect(registry.secretFile).toBe("/srv/the.key");
    expect(registry.providers).toMatchObject([{ clientSecret: { file: "/srv/okta.secret" } }]);
    expect(defaultSettings("/srv").registry.secretFile).toBeNull();
  });

  it("never shows a secret in a problem", () => {
    const text = `skills:\n  providers:\n    - ${OIDC.replace("}", ", clientSecret: hunter2hunter2, nonsense: 1}")}\n`;
    expect(problemsOf(text)).toContain("nonsense");
    expect(problemsOf(text)).not.toContain("hunter2");
  });

  it("reports everything that is wrong at once", () => {
    expect(problemsOf("listen: x\nstorage: y\nskills:\n  data: 5\n").split("\n")).toHaveLength(3);
  });
});

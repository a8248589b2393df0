import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, defaultSettings, parseConfig, readConfigFile } from "./config-file.ts";

const SHIPPED = path.resolve(import.meta.dirname, "../../config.yaml");

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
    ["broken YAML", "listen: [\n", "config.yaml:"],
    ["a duplicate key", "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "config.yaml:2: "],
  ])("names the line of %s", (_what, text, message) => {
    expect(problemsOf(text)).toContain(message);
  });

  it("reports everything that is wrong at once", () => {
    expect(problemsOf("listen: x\nstorage: y\nskills:\n  data: 5\n").split("\n")).toHaveLength(3);
  });
});

import { expect, it } from "vitest";
import { ConfigError, parseConfig } from "./config-file.ts";

function parse(lines: string[]): ReturnType<typeof parseConfig> {
  return parseConfig(
    ["skills:", "  upstream:", ...lines.map((line) => `    ${line}`)].join("\n"),
    "/srv/config.yaml",
  );
}

it("another registry is followed at its address, without its last slash, with the token of a file beside the configuration", () => {
  const { upstream } = parse([
    "- url: https://skills.example.com/",
    "  namespaces: ['@acme', tools]",
    "  token: { file: ./upstream.token }",
    "  redirects: [https://bucket.example.com/skills]",
  ]).registry;
  expect(upstream).toEqual([
    {
      url: "https://skills.example.com",
      namespaces: ["acme", "tools"],
      token: { file: "/srv/upstream.token" },
      keys: [],
      redirects: ["https://bucket.example.com"],
      everyMinutes: 5,
    },
  ]);
});

const URL_LINE = "- url: https://skills.example.com";
it.each([
  [
    "http elsewhere than on this machine",
    ["- url: http://skills.example.com", "  namespaces: [acme]"],
    "has to be an https address",
  ],
  [
    "a secret in the address",
    ["- url: https://me:pass@skills.example.com", "  namespaces: [acme]"],
    "without user",
  ],
  ["no namespace", [URL_LINE, "  namespaces: []"], "config.yaml:4: skills.upstream.0.namespaces: "],
  ["what is no namespace", [URL_LINE, "  namespaces: [../acme]"], "is not the name of a namespace"],
  [
    "a namespace twice",
    [URL_LINE, "  namespaces: [acme]", URL_LINE, "  namespaces: ['@acme']"],
    "the namespace acme is there twice",
  ],
  [
    "what is no fingerprint",
    [URL_LINE, "  namespaces: [acme]", "  keys: [SHA256:short]"],
    "is not a fingerprint",
  ],
])("%s stops the start", (_what, lines, message) => {
  expect(() => parse(lines)).toThrow(ConfigError);
  expect(() => parse(lines)).toThrow(message);
});

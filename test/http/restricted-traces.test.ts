import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrgRegistry, startOrgRegistry } from "../support/org.ts";
import { publishDocument } from "../support/publish-body.ts";
import { buildSkill, type SkillOptions } from "../support/skill.ts";

/** A word of the restricted skill, and one that nobody else has: skills of a stranger have them, too, to compare. */
const WORDS = ["zyzzogeton", "xqwvkjuwqq"] as const;
const TEXTS = [
  "",
  ...WORDS,
  WORDS.join(" "),
  `first ${WORDS.join(" ")} unheard`,
  "zyzzogetom",
  "zyzzoge",
  "-zyzzogeton",
  "namespace:acme",
  "keyword:hidden",
  "author:jane",
  "has:scripts",
];
const VIEWS = [
  "&sort=downloads",
  "&sort=likes",
  "&sort=updated",
  "&sort=name",
  "&facets=true",
  "&explain=true",
];
const PLACES = [
  "/",
  "/api/stats",
  "/api/namespaces/acme",
  "/skills/acme",
  "/api/skills/acme/shown",
  "/skills/acme/shown",
  "/downloads/point/last-week",
  "/downloads/range/last-week",
  "/-/user/acme/package",
  "/-/_view/starredByUser?key=%22acme%22",
  "/api/openapi.json",
];

const paths = [
  ...PLACES,
  ...TEXTS.map(encodeURIComponent).flatMap((text) => [
    ...["", ...VIEWS].map((view) => `/api/skills?q=${text}${view}`),
    `/-/v1/search?text=${text}`,
    `/search?q=${text}`,
  ]),
];

describe("a restricted skill", () => {
  let registry: OrgRegistry;
  let owner: string;
  let stranger: string;

  beforeAll(async () => {
    registry = await startOrgRegistry({
      settings: (settings) => ({
        ...settings,
        registry: { ...settings.registry, requestsPerMinute: 1_000_000 },
      }),
    });
    owner = await registry.account("acme");
    stranger = await registry.account("mallory");
    await put(owner, { name: "@acme/shown" }, "public");
    await put(owner, { name: "@acme/quiet" }, "restricted");
    for (const word of WORDS) {
      const name = `@mallory/${word}`;
      await put(
        stranger,
        { name, description: "first of two", manifest: { keywords: ["hidden"] } },
        "public",
      );
    }
  });
  afterAll(async () => await registry[Symbol.asyncDispose]());

  async function put(token: string, skill: SkillOptions & { name: string }, access: string): Promise<void> {
    const manifest = { name: skill.name, version: "1.0.0", license: "MIT", ...skill.manifest };
    const answer = await registry.fetch(`/${skill.name.replace("/", "%2f")}`, {
      method: "PUT",
      token,
      body: JSON.stringify({ ...publishDocument(manifest, buildSkill(skill).tarball), access }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
  }

  /** Whatever the registry says at the paths, without what differs between any two answers. */
  async function everything(token: string | undefined): Promise<Record<string, unknown>> {
    const told: Record<string, unknown> = {};
    for (const path of paths) {
      const headers = { accept: /^\/(api|-|downloads)\//.test(path) ? "*/*" : "text/html" };
      const answer = await registry.fetch(path, { headers, ...(token === undefined ? {} : { token }) });
      const kept = ["cache-control", "content-length", "content-type", "link", "vary"];
      const body = (await answer.text())
        .replace(/"time":"[^"]*"/, "")
        .replaceAll(/just now|\d+ \w+ ago/g, "");
      told[path] = [answer.status, kept.map((name) => answer.headers.get(name)), body];
    }
    return told;
  }

  it("changes not one byte, score or place of what others are told", { timeout: 60_000 }, async () => {
    const before = [await everything(undefined), await everything(stranger)];
    const hidden = {
      description: "about hidden things",
      body: `The ${WORDS[0]} again.`,
      files: { "scripts/run.sh": "echo hello\n" },
      manifest: {
        license: "Apache-2.0",
        keywords: ["HIDDEN"],
        author: "jane",
        dependencies: { "@acme/shown": "^1.0.0" },
      },
    };
    for (const skill of ["one", "two", "three"]) {
      await put(owner, { name: `@acme/${skill}`, ...hidden }, "restricted");
      await registry.fetch(`/api/skills/acme/${skill}/like`, { method: "PUT", token: owner });
      const tarball = `/@acme/${skill}/-/${skill}-1.0.0.tgz`;
      await (await registry.fetch(tarball, { token: owner })).arrayBuffer();
    }
    expect([await everything(undefined), await everything(stranger)]).toEqual(before);
    expect(await (await registry.fetch("/api/skills?q=zyzzogeton", { token: owner })).json()).toMatchObject({
      total: 4,
    });
  });
});

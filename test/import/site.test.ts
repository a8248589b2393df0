import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../schema/src/index.ts";
import { skillText, type CliResult } from "../support/cli.ts";
import { startHost, type Answers, type Host } from "../support/host.ts";
import { END, gzipTar, tarEntry } from "../support/tar-writer.ts";
import { refusalOf } from "../support/refusal.ts";
import { startTeam, type Team } from "../support/team.ts";
import { zipFiles } from "../support/zip-writer.ts";

let team: Team;
beforeAll(async () => {
  team = await startTeam();
});
afterAll(() => team[Symbol.asyncDispose]());

const INDEX = "/.well-known/agent-skills/index.json";
const OLD_INDEX = "/.well-known/skills/index.json";

function importing(source: string): Promise<CliResult> {
  return team.skills(["import", source, "--namespace", "@acme"]);
}

function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A site with an index of version 0.2, below a path; the bytes behind each entry may be others than its digest means. */
function siteOf(
  skills: {
    name: string;
    type: "skill-md" | "archive";
    url: string;
    bytes: string | Uint8Array;
    digest?: string;
  }[],
  base = "",
): Answers {
  const entries = skills.map(({ name, type, url, bytes, digest }) => {
    return { name, type, description: name, url, digest: digest ?? digestOf(bytes) };
  });
  return {
    [base + INDEX]: JSON.stringify({ skills: entries }),
    ...Object.fromEntries(skills.map(({ url, bytes }) => [`${base}/.well-known/agent-skills/${url}`, bytes])),
  };
}

describe("a site with an index", () => {
  test("gives its skills, files and archives, once their digests are right", async () => {
    const files = { "SKILL.md": skillText("site-b"), "references/a.md": "# A" };
    const tar = gzipTar(...Object.entries(files).map(([name, text]) => tarEntry({ name }, text)), END);
    const answers = siteOf(
      [
        { name: "site-a", type: "skill-md", url: "site-a/SKILL.md", bytes: skillText("site-a") },
        { name: "site-b", type: "archive", url: "site-b.tar.gz", bytes: tar },
        {
          name: "site-c",
          type: "archive",
          url: "site-c.zip",
          bytes: zipFiles({ "SKILL.md": skillText("site-c") }),
        },
      ],
      "/docs",
    );
    await using host = await startHost(answers);
    expect(await importing(`${host.url}/docs`)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("3 new, 0 updated, 0 unchanged"),
    });
    const packument = await (await team.registry.fetch("/@acme%2fsite-b", { token: team.token })).json();
    expect(packument).toMatchObject({
      versions: { "1.0.0": { skill: { importedFrom: { repository: `${host.url}/docs`, path: "site-b" } } } },
    });
    expect((await importing(`${host.url}/docs`)).stdout).toContain("3 unchanged");
  });

  test("whose bytes are not those of the digest publishes nothing at all", async () => {
    const good = { name: "true-one", type: "skill-md", url: "a", bytes: skillText("true-one") } as const;
    const bad = { ...good, name: "false-one", url: "b", bytes: "other", digest: digestOf("something") };
    await using host = await startHost(siteOf([good, bad]));
    expect(refusalOf(await importing(host.url))).toMatch(
      "false-one has other bytes than its digest in the index means",
    );
    expect((await team.registry.fetch("/@acme%2ftrue-one", { token: team.token })).status).toBe(404);
  });

  test.each([
    ["that is malformed", { [INDEX]: '{"skills":[{"name":"x"}]}' }, 'is malformed at "skills.0.type"'],
    ["with a name that is a path", indexOf({ name: "../x" }), 'is malformed at "skills.0.name"'],
    ["that names another host by http", indexOf({ url: "http://example.com/x" }), "is not followed"],
    ["that names a file", indexOf({ url: "file:///etc/passwd" }), "is not followed"],
    ["whose file is not there", indexOf({ url: "gone" }), "is in the index, and not there"],
    ["that the host refuses", { [INDEX]: 403 }, "is refused to you"],
    ["that the host fails at", { [INDEX]: 500 }, "answers with status 500"],
    ["that breaks off", { [INDEX]: breakOff }, "cannot be fetched"],
  ] satisfies [string, Answers, string][])("%s is refused", async (_, answers, message) => {
    await using host = await startHost(answers);
    expect(refusalOf(await importing(host.url))).toMatch(message);
  });

  test("of version 0.1 gives the files that it lists, with a warning", async () => {
    const skills = [{ name: "old-site", description: "x", files: ["SKILL.md", "references/a b.md"] }];
    await using host = await startHost({
      [OLD_INDEX]: JSON.stringify({ skills }),
      "/.well-known/skills/old-site/SKILL.md": skillText("old-site"),
      "/.well-known/skills/old-site/references/a%20b.md": "# A",
    });
    const result = await importing(host.url);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("new  @acme/old-site") });
    expect(result.stderr).toContain("which has no digests to check files against");
  });

  test("has no archive read that no skill would need", async () => {
    const bytes = randomBytes(DEFAULT_LIMITS.tarball + 1);
    await using host = await startHost(siteOf([{ name: "vast", type: "archive", url: "a.tgz", bytes }]));
    expect(refusalOf(await importing(host.url))).toMatch(`has more than ${DEFAULT_LIMITS.tarball} bytes`);
  });

  test("of version 0.1 with a path out of its skill is refused", async () => {
    const skills = [{ name: "old-site", files: ["SKILL.md", "../../secret"] }];
    await using host = await startHost({ [OLD_INDEX]: JSON.stringify({ skills }) });
    expect(refusalOf(await importing(host.url))).toMatch("is no path of a file");
  });

  test("is asked with the password of the address, which no other host gets to see", async () => {
    await using other = await startHost({ "/a": skillText("guarded") });
    const answers = siteOf([{ name: "guarded", type: "skill-md", url: "a", bytes: skillText("guarded") }]);
    await using host = await startHost({
      ...answers,
      "/.well-known/agent-skills/a": (answer) =>
        void answer.writeHead(302, { location: `${other.url}/a` }).end(),
    });
    const result = await importing(host.url.replace("//", "//ada:s3cret-word@"));
    expect(result).toMatchObject({ code: 0 });
    const basic = `Basic ${Buffer.from("ada:s3cret-word").toString("base64")}`;
    expect(host.asked.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    const packument = await (await team.registry.fetch("/@acme%2fguarded", { token: team.token })).text();
    expect(result.stdout + result.stderr + packument).not.toContain("s3cret-word");
  });
});

test("a site without an index is asked as a repository, and the answer says that it is neither", async () => {
  await using host: Host = await startHost({});
  expect(refusalOf(await importing(`${host.url}/nothing`))).toMatch(
    "offers no index of skills, and as a repository: there is no",
  );
});

test("an archive is fetched from its address", async () => {
  await using host = await startHost({
    "/x.zip": zipFiles({ "top/fetched/SKILL.md": skillText("fetched") }),
  });
  const result = await importing(`${host.url}/x.zip?signature=abc`);
  expect(result).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("new  @acme/fetched  1.0.0  fetched"),
  });
  expect(result.stderr).not.toContain("signature=abc");
});

/** An index with one skill, with changes. */
function indexOf(changes: object): Answers {
  const entry = { name: "x", type: "skill-md", url: "x", digest: digestOf("x"), ...changes };
  return { [INDEX]: JSON.stringify({ skills: [entry] }) };
}

function breakOff(answer: Parameters<Extract<Answers[string], (...args: never[]) => void>>[0]): void {
  answer.writeHead(200, { "content-length": "1000" });
  answer.write("{");
  setImmediate(() => answer.destroy());
}

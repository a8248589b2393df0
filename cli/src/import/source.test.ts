import { describe, expect, test } from "vitest";
import { publicAddress, repositoryKey } from "./address.ts";
import { mayFollow } from "./download.ts";
import { chooseRef, parseFolder, parseSource } from "./source.ts";

describe("what to import from", () => {
  test.each([
    ["github:acme/skills", "https://github.com/acme/skills.git", undefined],
    ["github:acme/skills#v2", "https://github.com/acme/skills.git", "v2"],
    ["gitlab:acme/team/skills", "https://gitlab.com/acme/team/skills.git", undefined],
    ["https://github.com/acme/skills", "https://github.com/acme/skills", undefined],
    ["https://git.example.com/skills.git#main", "https://git.example.com/skills.git", "main"],
    ["git+https://git.example.com/skills", "https://git.example.com/skills", undefined],
    ["git+ssh://git@git.example.com/skills.git", "ssh://git@git.example.com/skills.git", undefined],
    ["git@github.com:acme/skills.git", "ssh://git@github.com/acme/skills.git", undefined],
    ["file:///srv/skills.git", "file:///srv/skills.git", undefined],
  ])("%s is a repository", (text, url, ref) => {
    expect(parseSource(text)).toEqual({ kind: "git", url, ref, path: "", login: undefined });
  });

  test.each([
    ["https://github.com/acme/skills/tree/main/skills/legal", "main", "skills/legal"],
    ["https://github.com/acme/skills/blob/v2/skills/legal/SKILL.md", "v2", "skills/legal"],
    ["https://gitlab.com/acme/skills/-/tree/main", "main", ""],
  ])("%s is a folder of a repository at a branch", (text, ref, path) => {
    expect(parseSource(text)).toMatchObject({
      kind: "git",
      url: expect.stringMatching(/\/acme\/skills$/),
      ref,
      path,
    });
  });

  test.each([
    ["https://example.com/skills.tgz", "archive"],
    ["https://example.com/skills.tar.gz?x=1", "archive"],
    ["file:///srv/skills.zip", "archive"],
    ["https://example.com", "web"],
    ["https://example.com/docs", "web"],
    ["http://127.0.0.1:4873/acme", "web"],
    ["./skills", "local"],
    ["skills.zip", "local"],
    [String.raw`C:\skills`, "local"],
  ])("%s is of kind %s", (text, kind) => {
    expect(parseSource(text)).toMatchObject({ kind });
  });

  test("keeps name and password apart from the address", () => {
    expect(parseSource("https://ada:p%40ss@git.example.com/x.git")).toMatchObject({
      url: "https://git.example.com/x.git",
      login: { username: "ada", password: "p@ss" },
    });
    expect(() => parseSource("ssh://git:secret@git.example.com/x.git")).toThrow("use a key");
  });

  test("has one ref, named once", () => {
    expect(chooseRef("v1", parseSource("github:acme/skills"))).toBe("v1");
    expect(chooseRef("v1", parseSource("github:acme/skills#v1"))).toBe("v1");
    expect(() => chooseRef("v1", parseSource("github:acme/skills#v2"))).toThrow("--ref says v1");
    expect(() => chooseRef("v1", parseSource("https://example.com/x.zip"))).toThrow("no branches");
  });

  test.each(["/etc", "../x", "a/../../x", String.raw`a\b`, "a\0b"])("%j is no folder of it", (folder) => {
    expect(() => parseFolder(folder)).toThrow("no folder below the top");
  });

  test("takes a folder however it is written", () => {
    expect(parseFolder("./a//b/")).toBe("a/b");
    expect(parseFolder(".")).toBe("");
  });
});

describe("a repository", () => {
  test.each([
    ["git@github.com:acme/skills.git", "https://github.com/acme/skills.git"],
    ["ssh://git@git.example.com/acme/skills.git", "ssh://git@git.example.com/acme/skills.git"],
    ["https://ada:secret@git.example.com/x.git", "https://git.example.com/x.git"],
  ])("%s is stored as %s", (address, stored) => {
    expect(publicAddress(address)).toBe(stored);
  });

  test("is the same by ssh and https, with .git and without", () => {
    const keys = [
      "git@github.com:Acme/Skills.git",
      "https://github.com/acme/skills",
      "git+https://github.com/acme/skills.git",
      "ssh://git@github.com/acme/skills/",
    ].map(repositoryKey);
    expect(new Set(keys).size).toBe(1);
  });

  test("is another on another host, under another path or on this machine", () => {
    const keys = [
      "https://git.example.com/a/x.git",
      "https://git.example.com/b/x.git",
      "https://example.com/a/x.git",
      "file:///a/x.git",
      "file:x",
      "file:y",
    ].map(repositoryKey);
    expect(new Set(keys).size).toBe(6);
  });
});

describe("a public site", () => {
  const site = new URL("https://example.com/");

  test.each([
    "https://localhost/",
    "https://api.localhost./",
    "https://127.1/",
    "https://0/",
    "https://169.254.169.254/latest",
    "https://10.1.2.3/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00::1]/",
    "http://files.example.com/",
    "file:///etc/passwd",
  ])("cannot send us to %s", (address) => {
    expect(mayFollow(site, new URL(address))).toBe(false);
  });

  test("can send us to other public hosts, and an internal one to its neighbours", () => {
    expect(mayFollow(site, new URL("https://files.example.com/"))).toBe(true);
    expect(mayFollow(new URL("https://10.0.0.1/"), new URL("https://10.0.0.2/"))).toBe(true);
    expect(mayFollow(new URL("https://10.0.0.1/"), new URL("http://10.0.0.2/"))).toBe(false);
  });
});

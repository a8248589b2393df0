import { describe, expect, it } from "vitest";
import { bugsLink, repositoryLink, sourceLink, webLink } from "./links.ts";

describe("the link to a repository", () => {
  it.each([
    ["https://github.com/acme/skills"],
    ["https://github.com/acme/skills.git"],
    ["git+https://github.com/acme/skills.git"],
    ["git://github.com/acme/skills.git"],
    ["git+ssh://git@github.com/acme/skills.git"],
    ["ssh://git@github.com/acme/skills.git"],
    ["git@github.com:acme/skills.git"],
    ["github:acme/skills"],
    ["acme/skills"],
    ["https://me:secret@github.com/acme/skills"],
  ])("is the page of %s", (url) => {
    expect(repositoryLink(url)).toBe("https://github.com/acme/skills");
    expect(repositoryLink({ type: "git", url })).toBe("https://github.com/acme/skills");
  });

  it("knows the other forges and leaves other hosts as they are", () => {
    expect(repositoryLink("gitlab:acme/skills")).toBe("https://gitlab.com/acme/skills");
    expect(repositoryLink("bitbucket:acme/skills")).toBe("https://bitbucket.org/acme/skills");
    expect(repositoryLink("gist:0a1b2c")).toBe("https://gist.github.com/0a1b2c");
    expect(repositoryLink("git@git.example.com:team/x.git")).toBe("https://git.example.com/team/x");
    expect(repositoryLink("http://git.example.com:8080/x")).toBe("http://git.example.com:8080/x");
  });

  it("goes to the folder of the skill where the repository holds several", () => {
    const at = (directory: string, url = "github:acme/skills"): string | null =>
      repositoryLink({ url, directory });
    expect(at("skills/legal documents/")).toBe(
      "https://github.com/acme/skills/tree/HEAD/skills/legal%20documents",
    );
    expect(at("../../evil")).toBe("https://github.com/acme/skills");
    expect(at("a", "https://git.example.com/x")).toBe("https://git.example.com/x");
    expect(at("a b", "https://gitlab.com/acme/group/skills.git")).toBe(
      "https://gitlab.com/acme/group/skills/-/tree/HEAD/a%20b",
    );
  });

  it("goes to the folder at a commit on forges whose addresses are known", () => {
    const place = { folder: "skills/x", commit: "0a1b2c3" };
    expect(sourceLink("git@github.com:acme/skills.git", place)).toBe(
      "https://github.com/acme/skills/tree/0a1b2c3/skills/x",
    );
    expect(sourceLink("https://gitlab.example.com/acme/skills", place)).toBe(
      "https://gitlab.example.com/acme/skills/-/tree/0a1b2c3/skills/x",
    );
    expect(sourceLink("https://github.com/acme/skills", { folder: "", commit: "0a1b2c3" })).toBe(
      "https://github.com/acme/skills/tree/0a1b2c3",
    );
    expect(sourceLink("https://git.example.com/acme/skills", place)).toBe(
      "https://git.example.com/acme/skills",
    );
    expect(sourceLink("https://github.com/acme/skills", { folder: "../x", commit: "../../y" })).toBe(
      "https://github.com/acme/skills",
    );
    expect(sourceLink("https://github.com/acme/skills", { folder: "", commit: "../y?z" })).toBe(
      "https://github.com/acme/skills/tree/..%2Fy%3Fz",
    );
    expect(sourceLink("/srv/skills", place)).toBeNull();
  });

  it.each([
    ["javascript:alert(1)"],
    ["JavaScript:alert(1)//github.com/a/b"],
    ["data:text/html,<script>alert(1)</script>"],
    ["file:///etc/passwd"],
    ["skills"],
    [""],
    ["https://"],
    [42],
    [null],
    [undefined],
    [{ url: 7 }],
  ])("is none for %j", (field) => {
    expect(repositoryLink(field)).toBeNull();
  });
});

describe("other links", () => {
  it("are http or https, without a password, or none", () => {
    expect(webLink("https://me:secret@example.com/a?b#c")).toBe("https://example.com/a?b#c");
    expect(webLink("vbscript:x")).toBeNull();
    expect(webLink("//example.com")).toBeNull();
    expect(webLink({})).toBeNull();
    expect(bugsLink({ url: "https://example.com/bugs", email: "x@example.com" })).toBe(
      "https://example.com/bugs",
    );
    expect(bugsLink("https://example.com/bugs")).toBe("https://example.com/bugs");
    expect(bugsLink({ email: "x@example.com" })).toBeNull();
    expect(bugsLink("x@example.com")).toBeNull();
  });
});

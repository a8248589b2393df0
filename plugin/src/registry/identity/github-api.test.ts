import { describe, expect, it } from "vitest";
import type { GitHubConfig } from "../../config.ts";
import { gitHubIdentity } from "./github-api.ts";

const CONFIG: GitHubConfig = {
  type: "github",
  id: "github",
  title: "GitHub",
  url: "https://github.com",
  clientId: "id",
  clientSecret: "",
  organizations: [],
};
const FOREIGN = { link: '<https://elsewhere.example.com/?page=2>; rel="next"' };

/** Answers as GitHub would, with a list that never ends, and says what was asked. */
async function addressesAsked(url: string): Promise<string[]> {
  const asked: string[] = [];
  await gitHubIdentity({
    config: { ...CONFIG, url },
    token: "gho_token",
    fetch: async (address) => {
      asked.push(address);
      return address.endsWith("/user")
        ? Response.json({ id: 1, login: "ada" })
        : Response.json([], { headers: FOREIGN });
    },
  });
  return asked;
}

describe("GitHub's API", () => {
  it.each([
    ["https://github.com", "https://api.github.com/user"],
    ["https://github.com/", "https://api.github.com/user"],
    ["https://github.example.com", "https://github.example.com/api/v3/user"],
    ["https://github.example.com/", "https://github.example.com/api/v3/user"],
  ])("of %s is asked where GitHub documents it", async (url, expected) => {
    const [first] = await addressesAsked(url);
    expect(first).toBe(expected);
  });

  it("is asked for ten pages at most, and never at an address that an answer names", async () => {
    const asked = await addressesAsked("https://github.com");
    expect(asked).toHaveLength(1 + 10 + 10);
    expect(new Set(asked.map((address) => new URL(address).origin))).toEqual(
      new Set(["https://api.github.com"]),
    );
  });
});

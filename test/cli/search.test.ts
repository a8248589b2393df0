import { createServer, type RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { skillText } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

/** Two skills that the same word finds, one of them by its text alone. */
async function startLibrary(): Promise<Team> {
  const team = await startTeam();
  const review = skillText("contract-review", "Read every clause of the contract aloud.\n");
  await publishSkill(team, { name: "contract-review", version: "1.0.0", files: { "SKILL.md": review } });
  const pdf = skillText("pdf", "Draft a contract as a document.\n");
  await publishSkill(team, { name: "pdf", version: "0.3.0", files: { "SKILL.md": pdf } });
  return team;
}

function names(document: unknown): string[] {
  if (typeof document !== "object" || document === null || !("hits" in document)) throw new Error("no hits");
  const { hits } = document;
  if (!Array.isArray(hits)) throw new Error("no hits");
  return hits.map((hit: { name: string }) => hit.name);
}

describe("skills search", () => {
  test("shows a headline, the description and where the text matched", async () => {
    await using team = await startLibrary();
    const { code, stdout, stderr } = await team.skills(["search", "clause"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      "@acme/contract-review  1.0.0",
      "    About contract-review",
      expect.stringContaining("Read every clause of the contract aloud."),
      "",
    ]);
    expect((await team.skills(["search", "zebra"])).stdout).toBe("nothing found\n");
  });

  test("lists everything without words, in the order asked for", async () => {
    await using team = await startLibrary();
    expect(names(await team.json(["search", "--sort", "name"]))).toEqual([
      "@acme/contract-review",
      "@acme/pdf",
    ]);
    expect(names(await team.json(["search", "--sort", "updated"]))).toEqual([
      "@acme/pdf",
      "@acme/contract-review",
    ]);
  });

  test("excludes words behind -- and in quotes, and says so to who forgets it", async () => {
    await using team = await startLibrary();
    expect(names(await team.json(["search", "contract"]))).toHaveLength(2);
    for (const args of [["contract", "--", "-draft"], ["contract -draft"]]) {
      const { stdout } = await team.skills(["search", "--json", ...args]);
      expect(names(JSON.parse(stdout))).toEqual(["@acme/contract-review"]);
    }
    const wrong = await team.skills(["search", "contract", "-draft"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("what starts with - and is no option goes behind --");
  });

  test("marks matches on a terminal, and only there", async () => {
    await using team = await startLibrary();
    const plain = await team.skills(["search", "clause"]);
    const styled = await team.skills(["search", "clause"], { terminal: 70 });
    expect(plain.stdout).not.toContain("\u001b");
    expect(styled.stdout).toContain("\u001b[1mclause\u001b[22m");
    // oxlint-disable-next-line no-control-regex -- the codes that styles are made of
    expect(styled.stdout.replace(/\u001b\[\d+m/g, "")).toBe(plain.stdout);
    const narrow = await team.skills(["search", "clause"], { terminal: 20 });
    // oxlint-disable-next-line no-control-regex -- the codes that styles are made of
    const widths = narrow.stdout
      .replace(/\u001b\[\d+m/g, "")
      .split("\n")
      .map(({ length }) => length);
    expect(Math.max(...widths)).toBe(20);
  });

  test("gives hits with marks, facets, reasons and the true total as one document", async () => {
    await using team = await startLibrary();
    const document = await team.json(["search", "contract", "--limit", "1", "--facets", "--explain"]);
    expect(document).toMatchObject({
      total: 2,
      hits: [
        {
          name: "@acme/contract-review",
          version: "1.0.0",
          highlights: { name: { text: "@acme/contract-review", marks: [[6, 14]] } },
          reason: { level: expect.any(Number) },
        },
      ],
      facets: { namespace: [{ value: "acme", count: 2 }] },
      corrections: [],
      relaxed: false,
    });
  });

  test("prints facets as qualifiers, and reasons, and tells aside what is not shown", async () => {
    await using team = await startLibrary();
    const { stdout, stderr } = await team.skills([
      "search",
      "contract",
      "--limit",
      "1",
      "--facets",
      "--explain",
    ]);
    expect(stdout).toMatch(/^namespace: +acme 2/m);
    expect(stdout).toMatch(/^ +why: all words in name, .+ · text \d\.\d{3} · popularity /m);
    expect(stderr).toBe("1 of 2 shown; --limit shows more\n");
  });

  test("tells aside what it looked for in the place of a word that no skill has", async () => {
    await using team = await startLibrary();
    const { stdout, stderr } = await team.skills(["search", "contarct"]);
    expect(stdout).toContain("@acme/contract-review");
    expect(stderr).toBe('no skill has "contarct"; looked for contract\n');
  });

  test("passes on what the registry says of a qualifier that cannot be", async () => {
    await using team = await startLibrary();
    const { code, stderr } = await team.skills(["search", "updated:>yesterday"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error EBADREQUEST");
  });

  test("uses npm's search where the registry has no other", async () => {
    await using team = await startLibrary();
    await using npmOnly = await startProxy(team.registry, { absent: "/api/" });
    const args = ["search", "clause", "--facets", "--registry", npmOnly.url];
    const { code, stdout, stderr } = await team.skills(args);
    expect(code).toBe(0);
    expect(stdout).toBe("@acme/contract-review  1.0.0\n    About contract-review\n");
    expect(stderr).toContain("has npm's search only: no --sort, --facets or --explain");
    expect(await team.json(args)).toMatchObject({ total: 1, facets: null, hits: [{ likes: null }] });
  });

  test.each([
    [404, "application/json", '"version not found: skills"'],
    [400, "application/json", '{"error":"bad name"}'],
    [405, "text/plain", "no"],
    [200, "text/html", "<!doctype html>"],
  ])("takes %i %s for a registry that has no API", async (status, type, body) => {
    await using team = await startTeam();
    await using other = await serve((request, response) => {
      const isApi = request.url?.startsWith("/api/") === true;
      response.writeHead(isApi ? status : 200, { "content-type": isApi ? type : "application/json" });
      const found = { package: { name: "@acme/x", version: "1.0.0" }, flags: { deprecated: true } };
      response.end(isApi ? body : JSON.stringify({ total: 1, objects: [found] }));
    });
    const result = await team.skills(["search", "x", "--registry", other.url]);
    expect(result).toEqual({ code: 0, stdout: "@acme/x  1.0.0  deprecated\n", stderr: "" });
  });

  test("gives the hits of the API in their order, page by page", async () => {
    await using team = await startTeam();
    await using paged = await startPagedApi(250);
    const answer = await team.json(["search", "x", "--limit", "230", "--registry", paged.url]);
    expect(names(answer)).toEqual(Array.from({ length: 230 }, (_, index) => `@acme/skill-${index}`));
    expect(paged.limits).toEqual(["100", "100", "30"]);
  });

  test("obeys nothing that a registry sends, and believes no mark that cannot be", async () => {
    await using team = await startTeam();
    await using hostile = await startPagedApi(1, {
      description: "\u001b]0;owned\u0007 two\nlines",
      marks: [
        [3, 1],
        [-5, 2],
        [0, 9_999],
        [2, 4],
      ],
    });
    const { code, stdout } = await team.skills(["search", "x", "--registry", hostile.url]);
    expect(code).toBe(1);
    expect(stdout).not.toContain("\u001b");
    await using odd = await startPagedApi(1, {
      description: "\u001b]0;owned\u0007 two\nlines",
      marks: [
        [3, 1],
        [0, 9_999],
        [2, 4],
        [3, 5],
      ],
    });
    const shown = await team.skills(["search", "x", "--registry", odd.url]);
    expect(shown.stdout).toBe(
      String.raw`@acme/skill-0  1.0.0` + "\n    " + String.raw`\u001b]0;owned\u0007 two lines` + "\n",
    );
  });
});

interface PagedApi extends AsyncDisposable {
  url: string;
  /** The `limit` of each request. */
  limits: (string | null)[];
}

/** A registry of another make that answers `GET /api/skills` with this many hits. */
async function startPagedApi(
  total: number,
  text: { description: string; marks: number[][] } = { description: "", marks: [] },
): Promise<PagedApi> {
  const limits: (string | null)[] = [];
  const server = await serve((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://registry.test");
    limits.push(searchParams.get("limit"));
    const from = Number(searchParams.get("cursor") ?? "0");
    const end = Math.min(total, from + Number(searchParams.get("limit")));
    const hits = Array.from({ length: end - from }, (_, index) => hit(`@acme/skill-${from + index}`, text));
    response.setHeader("content-type", "application/json");
    const next = end < total ? String(end) : null;
    response.end(JSON.stringify({ total, hits, corrections: [], relaxed: false, next }));
  });
  return { ...server, limits };
}

/** A registry of another make. */
async function serve(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hit(name: string, { description, marks }: { description: string; marks: number[][] }): unknown {
  return {
    name,
    namespace: "acme",
    version: "1.0.0",
    description,
    keywords: [],
    license: null,
    publisher: "acme",
    agents: [],
    hasScripts: false,
    deprecated: false,
    restricted: false,
    publishedAt: "2026-01-01T00:00:00.000Z",
    likes: 0,
    downloads: 0,
    score: 1,
    highlights: { name: { text: name, marks: [] }, description: { text: description, marks }, snippet: null },
  };
}

import { describe, expect, it } from "vitest";
import { parseSearchState, queryText, stateUrl, toggledUrl } from "./search-state.ts";

const stateOf = (query: string) => parseSearchState(new URLSearchParams(query));

describe("the state of a search", () => {
  it("comes back from its own address", () => {
    const query = "q=a+b&namespace=acme&namespace=other&license=MIT&sort=likes&page=3&explain=1";
    const state = stateOf(query);
    expect(stateUrl(state, { page: state.page })).toBe(`/search?${query}`);
  });

  it("goes to the first page when a filter changes", () => {
    expect(toggledUrl(stateOf("q=a&page=3"), "agent", "codex")).toBe("/search?q=a&agent=codex");
  });

  it("takes a filter away whatever its case", () => {
    expect(toggledUrl(stateOf("license=MIT&agent=codex"), "license", "mit")).toBe("/search?agent=codex");
  });

  it("keeps the last word of the query last, where it may be unfinished, and quotes out of filters", () => {
    expect(queryText(stateOf('q=contr&keyword=a"b'))).toBe('keyword:"ab" contr');
  });
});

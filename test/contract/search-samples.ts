import type { Metadata } from "../../plugin/src/store/metadata.ts";
import type { SearchPage, SearchQuery } from "../../plugin/src/store/search.ts";
import { LATER, sampleDocument, sampleQuery } from "./samples.ts";

/** What the suites of search have in common. */

export const LEGAL = sampleDocument("@acme/legal-documents", {
  version: "1.2.0",
  description: "Draft and review contracts for Zürich courts",
  keywords: ["law", "contracts"],
  license: null,
  publisher: "alice",
  publishedAt: LATER,
  body: "Start with the jurisdiction. Then testing follows, polymer by polymer.",
});
export const INVOICE = sampleDocument("@globex/invoice", {
  description: "Writes an invoice",
  keywords: ["accounting"],
  body: "A contract may precede it.",
});

/** As an anonymous caller, who types this. */
export function find(
  metadata: Metadata,
  text: string,
  changes: Partial<SearchQuery> = {},
): Promise<SearchPage> {
  return metadata.search(sampleQuery(text, changes));
}

export async function names(
  metadata: Metadata,
  text: string,
  changes: Partial<SearchQuery> = {},
): Promise<string[]> {
  return (await find(metadata, text, changes)).hits.map((hit) => hit.name);
}

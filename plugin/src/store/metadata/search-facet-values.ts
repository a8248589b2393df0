import { foldValue } from "../../registry/search/words.ts";
import { FILTER_FIELDS, type Facets, type FilterField, type SearchDocument } from "../search.ts";

export interface FacetValue {
  field: FilterField;
  /** Folded, as it is compared. */
  value: string;
  /** As it was written. */
  label: string;
}

/** Values that qualifiers compare and facets count. */
export function facetsOf(document: SearchDocument): FacetValue[] {
  const labels: Record<FilterField, string[]> = {
    namespace: [document.namespace],
    keyword: document.keywords,
    agent: document.agents,
    license: document.license === null ? [] : [document.license],
    author: document.authors,
  };
  return FILTER_FIELDS.flatMap((field) =>
    labels[field]
      .map((label) => ({ field, value: foldValue(label), label: label.trim() }))
      .filter(({ value }) => value !== ""),
  );
}

export function noFacets(): Facets {
  return { namespace: [], keyword: [], agent: [], license: [], author: [], hasScripts: 0, deprecated: 0 };
}

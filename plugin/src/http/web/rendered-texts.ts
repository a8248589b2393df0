import { LRUCache } from "lru-cache";
import type { Version } from "../../store/metadata.ts";
import type { RenderedMarkdown } from "./markdown.ts";

/** Characters of HTML kept in memory; 32 MB hold the texts of some 1,500 skills. */
const CACHE_CHARACTERS = 32 * 1024 * 1024;

/** Rendered texts of published versions: these never change, and rendering takes longer than all else a page does. */
export interface RenderedTexts {
  /** `path` tells the texts of one version apart; `render` runs where the text is not remembered. */
  get(version: Pick<Version, "integrity">, path: string, render: () => RenderedMarkdown): RenderedMarkdown;
}

export function renderedTexts(): RenderedTexts {
  const texts = new LRUCache<string, RenderedMarkdown>({
    maxSize: CACHE_CHARACTERS,
    sizeCalculation: ({ html }, key) => html.length + key.length,
  });
  return {
    get(version, path, render) {
      const key = `${version.integrity} ${path}`;
      const known = texts.get(key);
      if (known !== undefined) return known;
      const rendered = render();
      texts.set(key, rendered);
      return rendered;
    },
  };
}

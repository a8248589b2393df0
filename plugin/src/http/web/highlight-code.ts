import { createContext, Script } from "node:vm";
import hljs from "highlight.js/lib/common";

/** Characters of one piece of code; longer ones are shown without colours. */
const BLOCK_MAX = 64 * 1024;
/** Characters of all pieces of one document together. */
const DOCUMENT_MAX = 128 * 1024;
/**
 * Milliseconds for all pieces of one document. The grammars are quadratic on some inputs: 16 kB of `[a](` in the one of Markdown
 * takes half a minute, in which the registry would answer nobody.
 */
const BUDGET_MS = 100;

export interface CodeBlock {
  text: string;
  /** As a fence or the ending of a file names it: `ts`, `shell`. */
  language: string;
}

/** The pieces as HTML, in their order; undefined for those whose language is unknown, and for what was too large or took too long. */
export function highlightCode(blocks: CodeBlock[]): (string | undefined)[] {
  const results: (string | undefined)[] = blocks.map(() => undefined);
  const wanted = withinLimits(blocks);
  if (wanted.length === 0) return results;
  // A grammar is compiled at its first use; interrupted in it, it would stay broken.
  for (const { block } of wanted) hljs.highlight("", { language: block.language });
  runLimited(() => {
    for (const { block, index } of wanted) {
      results[index] = hljs.highlight(block.text, { language: block.language, ignoreIllegals: true }).value;
    }
  });
  return results;
}

/** Whether code of this language gets colours. */
export function isKnownLanguage(language: string): boolean {
  return hljs.getLanguage(language) !== undefined;
}

function withinLimits(blocks: CodeBlock[]): { block: CodeBlock; index: number }[] {
  let left = DOCUMENT_MAX;
  return blocks.flatMap((block, index) => {
    if (block.text.length > BLOCK_MAX || block.text.length > left || !isKnownLanguage(block.language))
      return [];
    left -= block.text.length;
    return [{ block, index }];
  });
}

const TIMEOUT = "ERR_SCRIPT_EXECUTION_TIMEOUT";

/** Stops after BUDGET_MS, even inside a regular expression, which nothing but this can interrupt. */
function runLimited(work: () => void): void {
  try {
    new Script("work()").runInContext(createContext({ work }), { timeout: BUDGET_MS });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
}

/** The error comes from the context of the script, whose `Error` is not ours. */
function isTimeout(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === TIMEOUT;
}

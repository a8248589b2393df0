/** The start or the end of a block of code in Markdown, also in a list or a quotation. */
const FENCE = /^[ \t>*+-]{0,20}(`{3,}|~{3,})/;

/** Says whether an offset of a Markdown text lies in a block of code; offsets have to be asked for in ascending order. */
export function fencedIn(text: string): (offset: number) => boolean {
  let lineStart = 0;
  let lineEnd = text.indexOf("\n");
  let fence: string | undefined;
  return (offset) => {
    while (lineEnd !== -1 && lineEnd < offset) {
      fence = after(text.slice(lineStart, lineEnd), fence);
      lineStart = lineEnd + 1;
      lineEnd = text.indexOf("\n", lineStart);
    }
    return fence !== undefined;
  };
}

/** A block ends with at least as many of the signs that began it, and nothing else. */
function after(line: string, open: string | undefined): string | undefined {
  const mark = FENCE.exec(line)?.[1];
  if (mark === undefined) return open;
  if (open === undefined) return mark;
  return mark.startsWith(open) && line.trim().endsWith(mark) ? undefined : open;
}

const LINE_END = /(?<!\\\r?)\n/;
/** Characters before a program that say whether it stands where a command does. */
const BEFORE_MAX = 240;

/** The end of the line before an offset; what is far away is left out, for a text may be one long line. */
export function lineBefore(text: string, offset: number): string {
  const near = text.slice(Math.max(0, offset - BEFORE_MAX), offset);
  return near.slice(near.lastIndexOf("\n") + 1);
}

interface Extent {
  /** Most characters. */
  max: number;
  /** Where it ends: at the end of the line, unless it says otherwise. */
  end?: RegExp;
}

/** The text from an offset to the end of its line or command, and on where a backslash says so. */
export function lineAt(text: string, offset: number, { max, end = LINE_END }: Extent): string {
  const near = text.slice(offset, offset + max);
  const length = near.search(end);
  return (length === -1 ? near : near.slice(0, length)).replace(/\\\r?\n/g, "  ");
}

/** A file that a merge left with conflict marks, as both branches had it. */
interface Sides {
  ours: string;
  theirs: string;
}

/** Both sides of a text with git's conflict marks, the base of `diff3` left out; undefined for a text without. */
export function conflictSides(text: string): Sides | undefined {
  if (!/^<{7}/m.test(text)) return undefined;
  const ours: string[] = [];
  const theirs: string[] = [];
  let at: keyof typeof MARKS = ">";
  for (const line of text.split("\n")) {
    const mark = /^([<|=>])\1{6}/.exec(line)?.[1];
    if (isMark(mark)) at = mark;
    else for (const side of MARKS[at]) (side === "ours" ? ours : theirs).push(line);
  }
  return { ours: ours.join("\n"), theirs: theirs.join("\n") };
}

/** Whose lines follow a mark. */
const MARKS = {
  "<": ["ours"],
  "|": [],
  "=": ["theirs"],
  ">": ["ours", "theirs"],
} as const satisfies Record<string, readonly (keyof Sides)[]>;

function isMark(text: string | undefined): text is keyof typeof MARKS {
  return text !== undefined && Object.hasOwn(MARKS, text);
}

import { type Issue, issue, type IssueCode } from "./issue.ts";
import type { Limits } from "./limits.ts";
import { plural, quote } from "./text.ts";

/** A way in which a path can be wrong, whatever lies there and whatever else is in the package. */
interface PathRule {
  code: IssueCode;
  /** What is wrong, as the end of a sentence that begins with the path; undefined when nothing is. */
  problem(path: string): string | undefined;
}

/** Control, format, surrogate and private-use characters and the two Unicode line breaks; they hide or reorder a name. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** Device names that Windows opens instead of a file, with any extension; the superscript digits count as digits there. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/** Characters that no Windows name may have; the colon also opens alternate streams of a file. */
const NOT_ON_WINDOWS = /[<>:"|?*]/;

/** Short name that NTFS gives `.git`, so that a checkout would write into the repository's own folder. */
const GIT_SHORT_NAME = /^git~[0-9]/i;

const RULES: PathRule[] = [
  {
    code: "archive.path.absolute",
    problem: (path) => (/^\/|^[a-z]:/i.test(path) ? "is absolute" : undefined),
  },
  {
    code: "archive.path.traversal",
    problem: (path) => {
      const bad = segmentsOf(path.replace(/^\//, "")).find((segment) => ["", ".", ".."].includes(segment));
      return bad === undefined
        ? undefined
        : bad === ""
          ? "has an empty segment"
          : `has a segment ${quote(bad)}`;
    },
  },
  {
    code: "archive.path.backslash",
    problem: (path) => (path.includes("\\") ? "has a backslash" : undefined),
  },
  {
    code: "archive.path.characters",
    problem: (path) => (FORBIDDEN.test(path) ? "has a character that cannot be seen or printed" : undefined),
  },
  {
    code: "archive.path.normalization",
    problem: (path) => (path === path.normalize("NFC") ? undefined : "is not in Unicode normal form C"),
  },
  {
    code: "archive.path.windows",
    problem: (path) =>
      segmentsOf(path)
        .map(windowsProblem)
        .find((problem) => problem !== undefined),
  },
];

/** Every rule that the path breaks. */
export function inspectPath(path: string, limits: Limits): Issue[] {
  const found = RULES.flatMap((rule) => {
    const problem = rule.problem(path);
    return problem === undefined ? [] : [issue(rule.code, { path, message: `the path ${problem}` })];
  });
  const bytes = Buffer.byteLength(path);
  if (bytes > limits.path) {
    const message = `the path has ${plural(bytes, "byte")}, the limit is ${limits.path}`;
    found.push(issue("archive.path.length", { path, message }));
  }
  const depth = segmentsOf(path).length;
  if (depth > limits.depth) {
    const message = `the path has ${plural(depth, "segment")}, the limit is ${limits.depth}`;
    found.push(issue("archive.path.depth", { path, message }));
  }
  return found;
}

export function segmentsOf(path: string): string[] {
  return path.split("/");
}

function windowsProblem(segment: string): string | undefined {
  const drive = /^[a-z]:/i.test(segment) ? segment.slice(2) : segment;
  if (NOT_ON_WINDOWS.test(drive)) return 'has one of < > : " | ? *';
  if (DEVICE.test(segment.trimEnd())) return `has the reserved name ${quote(segment)}`;
  if (GIT_SHORT_NAME.test(segment)) return `has the name ${quote(segment)}, which can mean .git`;
  if (/[. ]$/.test(segment) && !/^\.{1,2}$/.test(segment))
    return "has a segment that ends with a dot or a space";
  return undefined;
}

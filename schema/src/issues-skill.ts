import type { IssueRule } from "./issue-rule.ts";

/** Rules on SKILL.md, its frontmatter, and the content of files. */
export const SKILL_ISSUES = {
  "skill.missing": {
    severity: "error",
    summary: "There is a SKILL.md at the root, or one in a folder below skills/.",
    fix: "Add a SKILL.md; skills init writes one.",
  },
  "skill.case": {
    severity: "error",
    summary: "The file is called SKILL.md, in exactly this case.",
    fix: "Rename it to SKILL.md.",
  },
  "skill.count": {
    severity: "error",
    summary: "A pack holds at most 200 skills.",
    fix: "Publish them as several packages.",
  },
  "skill.size": {
    severity: "error",
    summary: "SKILL.md is at most 1 MB, those of a pack together 4 MB.",
    fix: "Move detail to files under references/.",
  },
  "skill.lines": {
    severity: "warning",
    summary: "SKILL.md has at most 500 lines: an agent reads all of it at once.",
    fix: "Move detail to files under references/ and link to them.",
  },
  "skill.tokens": {
    severity: "warning",
    summary: "The text below the frontmatter is at most 5,000 tokens, estimated as one for four characters.",
    fix: "Move detail to files under references/ and link to them.",
  },
  "frontmatter.encoding": {
    severity: "error",
    summary: "SKILL.md is valid UTF-8.",
    fix: "Save the file as UTF-8.",
  },
  "frontmatter.bom": {
    severity: "error",
    summary: "SKILL.md has no byte order mark: agents do not find the frontmatter behind it.",
    fix: "Save the file as UTF-8 without BOM.",
  },
  "frontmatter.missing": {
    severity: "error",
    summary: "The first line of SKILL.md is ---, and opens the frontmatter.",
    fix: "Begin the file with ---, name: and description: lines, and --- again.",
  },
  "frontmatter.unclosed": {
    severity: "error",
    summary: "The frontmatter is closed by a line ---.",
    fix: "Put a line --- between the frontmatter and the text.",
  },
  "frontmatter.size": {
    severity: "error",
    summary: "The frontmatter is at most 8 KB.",
    fix: "Move text below the frontmatter.",
  },
  "frontmatter.yaml": {
    severity: "error",
    summary: "The frontmatter is YAML 1.2, with plain keys and at most 16 levels.",
    fix: "Correct the YAML; a value with a colon and a space in it needs quotes.",
  },
  "frontmatter.duplicate": {
    severity: "error",
    summary: "A key occurs once in the frontmatter: parsers disagree on which one counts.",
    fix: "Remove one of the two.",
  },
  "frontmatter.alias": {
    severity: "error",
    summary: "The frontmatter has no YAML aliases: they can multiply into gigabytes, or contain themselves.",
    fix: "Write the value out where the alias stands.",
  },
  "frontmatter.tag": {
    severity: "error",
    summary: "The frontmatter has no YAML tags, and nothing else that the parser warns of.",
    fix: "Remove the tag, the word that begins with an exclamation mark.",
  },
  "frontmatter.mapping": {
    severity: "error",
    summary: "The frontmatter is a mapping of keys to values.",
    fix: "Write it as key: value lines.",
  },
  "frontmatter.documents": {
    severity: "error",
    summary: "The frontmatter is one YAML document.",
    fix: "Remove the line that ends the document early.",
  },
  "manifest.name.missing": {
    severity: "error",
    summary: "SKILL.md has a name.",
    fix: "Add a line name: with the skill's name.",
  },
  "manifest.name.pattern": {
    severity: "error",
    summary:
      "The name in SKILL.md is 1 to 64 lower-case letters and digits, in words joined by single hyphens.",
    fix: "Write the name like legal-documents; skills validate --fix does it for you.",
  },
  "manifest.name.mismatch": {
    severity: "error",
    summary:
      "The name in SKILL.md is the package's name without its scope; in a pack, the name of the skill's folder.",
    fix: "Use one name; skills validate --fix writes it into SKILL.md.",
  },
  "manifest.description.missing": {
    severity: "error",
    summary: "SKILL.md has a description.",
    fix: "Add a line description: that says what the skill does and when to use it.",
  },
  "manifest.description.length": {
    severity: "error",
    summary: "The description is text of 1 to 1,024 characters.",
    fix: "Say what the skill does and when to use it, and move the rest below the frontmatter.",
  },
  "manifest.compatibility": {
    severity: "error",
    summary: "The field compatibility, where there is one, is text of 1 to 500 characters.",
    fix: "Shorten it, or remove the field.",
  },
  "manifest.characters": {
    severity: "error",
    summary:
      "Frontmatter values have no control characters, no bidirectional controls and no hidden text, escaped or not.",
    fix: "Remove the characters.",
  },
  "manifest.field.unknown": {
    severity: "warning",
    summary:
      "Frontmatter fields are those of the specification; others are kept, and may be ignored by agents.",
    fix: "Move it below metadata:, or keep it if your agent reads it.",
  },
  "manifest.field.type": {
    severity: "warning",
    summary:
      "The fields license and metadata have the type that the specification says: text, and a mapping.",
    fix: "Put quotes around the value, or write a mapping.",
  },
  "manifest.metadata": {
    severity: "warning",
    summary: "Values below metadata: are text.",
    fix: "Put quotes around the value; skills validate --fix does it for you.",
  },
  "manifest.allowed-tools": {
    severity: "warning",
    summary: "The field allowed-tools is one text with spaces between the tools.",
    fix: "Write it on one line, like allowed-tools: Read Grep; skills validate --fix does it for you.",
  },
  "manifest.license.missing": {
    severity: "warning",
    summary: "The licence is stated in SKILL.md, in package.json or in a LICENSE file.",
    fix: "Add a line license: to SKILL.md, for example license: MIT.",
  },
  "manifest.version": {
    severity: "warning",
    summary: "metadata.version, where there is one, is the package's version.",
    fix: "Remove metadata.version: the version is that of package.json.",
  },
  "content.private-key": {
    severity: "error",
    summary: "No file holds a private key.",
    fix: "Remove the key and replace it where it was in use; if it protects nothing, list it in package.json skill.allow.",
    waivable: true,
  },
  "content.token": {
    severity: "error",
    summary:
      "No file holds a token or key of a known provider; published examples and failing checksums do not count.",
    fix: "Remove the token and revoke it; if it is not real, list it in package.json skill.allow.",
    waivable: true,
  },
  "content.bidi": {
    severity: "error",
    summary:
      "Markdown has no bidirectional control characters, which show text in another order than an agent reads it.",
    fix: "Remove the characters.",
  },
  "content.hidden-text": {
    severity: "error",
    summary:
      "Markdown has no Unicode tag characters and no runs of variation selectors, which carry text that nobody sees.",
    fix: "Remove the characters.",
  },
  "content.zero-width": {
    severity: "warning",
    summary: "Markdown has no zero-width characters outside emoji and the scripts that need them.",
    fix: "Remove the characters, unless the language needs them.",
  },
  "content.link.broken": {
    severity: "warning",
    summary: "Relative links in Markdown lead to a file or folder of the package.",
    fix: "Correct the link, or add the file.",
  },
  "content.link.outside": {
    severity: "warning",
    summary: "Relative links in Markdown stay inside the skill's folder.",
    fix: "Copy the target into the skill's folder, or link to its URL.",
  },
} as const satisfies Record<string, IssueRule>;

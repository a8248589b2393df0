import { ERROR_TABLE } from "./errors.ts";
import type { IssueRule } from "./issue-rule.ts";
import { ISSUE_TABLE } from "./issue-table.ts";
import { skillJsonSchema } from "./manifest.ts";
import { isRecord } from "./yaml.ts";

/** First half of docs/errors.md: every error of registry and CLI. */
export function errorTableMarkdown(): string {
  const rows = Object.entries(ERROR_TABLE).map(([code, rule]) => {
    const status = "status" in rule ? String(rule.status) : "";
    return [`\`${code}\``, status, String(rule.exit), rule.summary, rule.hint];
  });
  return [
    "# Errors",
    "",
    "What the registry answers and the CLI exits with. The status is empty for errors that only the CLI raises.",
    "",
    table(["code", "status", "exit", "meaning", "what to do"], rows),
  ].join("\n");
}

/** Second half of docs/errors.md: every rule of the validator. */
export function issueTableMarkdown(): string {
  const rows = Object.entries(ISSUE_TABLE).map(([code, rule]: [string, IssueRule]) => {
    return [`\`${code}\``, rule.severity, rule.summary, rule.fix, rule.waivable === true ? "yes" : ""];
  });
  return [
    "## Issues",
    "",
    "What the validator finds in a skill. Errors refuse a publish and an install; warnings are stored and shown.",
    "A finding whose code can be waived is accepted when package.json lists its path and code:",
    '`"skill": { "allow": [{ "path": "references/setup.md", "code": "content.token" }] }`.',
    "",
    table(["code", "severity", "rule", "what to do", "can be waived"], rows),
  ].join("\n");
}

/** docs/manifest.md: the fields of the frontmatter and the fields of package.json that the registry keeps. */
export function manifestMarkdown(): string {
  const schema = skillJsonSchema();
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const required: unknown = schema["required"];
  const rows = Object.entries(properties).map(([field, property]) => {
    const isRequired = Array.isArray(required) && required.includes(field);
    return [`\`${field}\``, isRequired ? "yes" : "", boundsOf(property), descriptionOf(property)];
  });
  return [
    "# The skill manifest",
    "",
    "The frontmatter of SKILL.md, between the first line `---` and the next one. The JSON Schema is in skill.schema.json.",
    "",
    table(["field", "required", "value", "meaning"], rows),
    "Other fields are kept, stored and shown, with a warning: agents may ignore them.",
    "",
    "## package.json",
    "",
    table(["field", "meaning"], PACKAGE_FIELDS),
    "Other fields are not stored. The validator refuses what would act when the package is installed: see errors.md.",
    "",
  ].join("\n");
}

const PACKAGE_FIELDS: string[][] = [
  ["`name`", "`@namespace/skill-name`; the part after the slash is the skill's name"],
  ["`version`", "exact semantic version; a published one never changes"],
  ["`description`, `keywords`", "shown and searched; without a description, that of the skill is used"],
  ["`license`, `author`, `contributors`, `homepage`, `repository`, `bugs`", "as in npm; shown"],
  [
    "`dependencies`, `optionalDependencies`, `peerDependencies`",
    "skills of the same registry, with a version range or a dist-tag",
  ],
  ["`engines`", "as in npm"],
  ["`skill.allow`", "findings of the validator that the author declares harmless, as `{ path, code }`"],
];

function boundsOf(property: unknown): string {
  if (!isRecord(property)) return "";
  const { type, maxLength, pattern } = property;
  if (type === "object") return "mapping of text to text";
  const length = typeof maxLength === "number" ? `text, 1 to ${maxLength} characters` : "text";
  return typeof pattern === "string" ? `${length}, \`${pattern}\`` : length;
}

function descriptionOf(property: unknown): string {
  return isRecord(property) && typeof property["description"] === "string" ? property["description"] : "";
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}

/** A pipe would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

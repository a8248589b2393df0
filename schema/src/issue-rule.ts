/** Errors refuse a publish or an install; warnings are stored and shown. */
export type Severity = "error" | "warning";

/** One rule of the validator, as it stands in the tables of issues-*.ts. */
export interface IssueRule {
  severity: Severity;
  /** The rule, as one sentence; the text of docs/errors.md. */
  summary: string;
  /** What to do about a finding, when the place that found it has nothing more precise to say. */
  fix: string;
  /** True where an author may declare a finding harmless in package.json `skill.allow`. */
  waivable?: true;
}

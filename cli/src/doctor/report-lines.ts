import { counted } from "../terminal/format.ts";
import { span, type Line } from "../terminal/line.ts";
import { CHECKS, type Finding } from "./finding.ts";
import type { Examination } from "./examine.ts";

/** Items shown below a finding; `--json` has all of them. */
const MOST_ITEMS = 5;

const STATE_WIDTH = Math.max(...["ok", "warning", "problem"].map((state) => state.length));
const CHECK_WIDTH = Math.max(...CHECKS.map((check) => check.length));
const INDENT = " ".repeat(STATE_WIDTH + CHECK_WIDTH + 4);

/** The examination for people: a line for each finding, what to do below it, and the sum at the end. */
export function reportLines({ findings, problems, warnings }: Examination): Line[] {
  const sum =
    problems + warnings === 0
      ? "everything is in order"
      : `${counted(problems, "problem")}, ${counted(warnings, "warning")}`;
  return [...findings.flatMap(findingLines), sum];
}

function findingLines({ check, state, message, hint, items }: Finding): Line[] {
  const shown = items.slice(0, MOST_ITEMS);
  const more = items.length - shown.length;
  const below = [...shown, ...(more > 0 ? [`and ${more} more`] : [])];
  return [
    [
      span(state.padEnd(STATE_WIDTH), state === "ok" ? "faint" : "warning"),
      span(`  ${check.padEnd(CHECK_WIDTH)}  `, "faint"),
      span(message),
    ],
    ...below.map((item) => `${INDENT}  ${item}`),
    ...(hint === null ? [] : [`${INDENT}→ ${hint}`]),
  ];
}

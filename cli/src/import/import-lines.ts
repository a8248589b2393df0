import { formatIssue, isError, SkillsError } from "@skills-registry/schema/basics";
import { failureLines } from "../failure.ts";
import { table } from "../terminal/render.ts";
import { counted } from "../terminal/format.ts";
import type { Row, State } from "./plan.ts";

/** Unchanged skills are only counted when there are more: nobody looks for three changes among a thousand lines. */
const UNCHANGED_SHOWN = 20;

/** Skills that a failure names. */
const NAMES_SHOWN = 5;

/** The table of an import, with what is wrong below each row, and a summary. `did` tells what was from what would be. */
export function importLines(rows: readonly Row[], columns: number, did: "did" | "would"): string[] {
  const unchanged = rows.filter(({ state }) => state === "unchanged");
  const shown = rows.filter(({ state }) => state !== "unchanged" || unchanged.length <= UNCHANGED_SHOWN);
  const lines = table(
    shown.map((row) => [stateOf(row), row.name, versions(row), row.path === "" ? "." : row.path]),
    columns,
  );
  return [...lines.flatMap((line, index) => [line, ...detailsOf(shown[index])]), summary(rows, did)];
}

/** Why an import that has left something out fails; undefined for one that has not. */
export function importFailure(rows: readonly Row[]): SkillsError | undefined {
  const left = rows.filter(isLeftOut);
  if (left.length === 0) return undefined;
  const names = left.slice(0, NAMES_SHOWN).map(({ path }) => (path === "" ? "." : path));
  const more = left.length > NAMES_SHOWN ? ` and ${left.length - NAMES_SHOWN} more` : "";
  return new SkillsError(
    "EPARTIAL",
    `${left.length} of ${rows.length} cannot be imported: ${names.join(", ")}${more}`,
    {
      hint: "The lines above say why. --fix repairs what is mechanical in the copy, --select imports only what you name.",
    },
  );
}

function isLeftOut({ state, error }: Row): boolean {
  return state === "invalid" || state === "refused" || error !== null;
}

function stateOf({ state, error }: Row): string {
  return error === null ? state : "failed";
}

function versions({ state, version, previous }: Row): string {
  if (version === null) return previous ?? "";
  return state === "update" ? `${previous} → ${version}` : version;
}

function detailsOf(row: Row | undefined): string[] {
  if (row === undefined) return [];
  const { issues, reason, fixed, error, upstreamName } = row;
  return [
    ...(upstreamName === null ? [] : [`  upstream's package.json calls it ${upstreamName}`]),
    ...fixed.map((change) => `  fixed ${change}`),
    ...issues.filter(isError).map((found) => `  error ${formatIssue(found)}`),
    ...(reason === null ? [] : [`  ${reason}`]),
    ...(error === null ? [] : failureLines({ ...error, exit: 1 }).map((line) => `  ${line}`)),
  ];
}

function summary(rows: readonly Row[], did: "did" | "would"): string {
  const number = (state: State): number =>
    rows.filter((row) => row.state === state && row.error === null).length;
  const failed = rows.filter(({ error }) => error !== null).length;
  const warnings = rows.flatMap(({ issues }) => issues.filter((found) => !isError(found))).length;
  const parts = [
    `${number("new")} new`,
    `${number("update")} updated`,
    `${number("unchanged")} unchanged`,
    ...(number("invalid") > 0 ? [`${number("invalid")} invalid`] : []),
    ...(number("refused") > 0 ? [`${number("refused")} refused`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const noted = warnings === 0 ? "" : `; ${counted(warnings, "warning")}, shown by --json`;
  return `${did === "would" ? "would be: " : ""}${parts.join(", ")}${noted}`;
}

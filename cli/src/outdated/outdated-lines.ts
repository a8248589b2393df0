import { escapeLine } from "../terminal/escape.ts";
import { span, type Line, type Span, type Style } from "../terminal/line.ts";
import type { OutdatedRow } from "./outdated.ts";

const HEADS = ["Package", "Current", "Wanted", "Latest", "Depended by"];
/** Between columns. */
const GAP = "  ";

/** npm's table with npm's colours: red for what an update would change, yellow for what the range holds back. */
export function outdatedLines(rows: readonly OutdatedRow[]): Line[] {
  if (rows.length === 0) return [];
  const hasNotes = rows.some((row) => noteOf(row) !== "");
  const heads = HEADS.map((head) => span(head, "head"));
  const table = [hasNotes ? [...heads, span("Note", "head")] : heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...table.map((cells) => widthOf(cells[column]))));
  return table.map((cells) =>
    cells.flatMap((cell, column) => {
      const gap = column === 0 ? [] : [span(GAP)];
      const isLast = column === cells.length - 1;
      return [...gap, cell, ...(isLast ? [] : [span(padding(cell, widths[column]))])];
    }),
  );
}

function cellsOf(row: OutdatedRow): Span[] {
  const { name, current, wanted, latest, dependents } = row;
  const style: Style = current === wanted ? "warning" : "removed";
  const note = noteOf(row);
  return [
    span(name, style),
    span(current ?? "MISSING"),
    span(wanted ?? "none", "wanted"),
    span(latest ?? "none", "latest"),
    span(dependents.join(", ")),
    ...(note === "" ? [] : [span(note, "warning")]),
  ];
}

function noteOf({ status, reason, movedTo }: OutdatedRow): string {
  const notes = [
    ...(status === "ok"
      ? []
      : [status === "deleted" ? "the version is not in the registry any more" : status]),
    ...(reason === null ? [] : [reason]),
    ...(movedTo === null ? [] : [`is called ${movedTo} now`]),
  ];
  return notes.join(": ");
}

/** As it is shown, with what a terminal would obey written out. */
function widthOf(cell: Span | undefined): number {
  return escapeLine(cell?.text ?? "").length;
}

function padding(cell: Span, width = 0): string {
  return " ".repeat(Math.max(0, width - widthOf(cell)));
}

import type { Outcome } from "../command.ts";
import { escapeFile, escapeLine, renderJson } from "./escape.ts";
import { renderLine } from "./line.ts";
import type { Streams } from "../world.ts";

export function writeOutcome(streams: Streams, outcome: Outcome, json: boolean): void {
  if (outcome.bytes !== undefined && !json) return writeFile(streams, outcome.bytes);
  const text = json
    ? renderJson(outcome.json)
    : outcome.lines.map((line) => renderLine(line, streams)).join("\n");
  if (text !== "") streams.stdout.write(`${text}\n`);
}

function writeFile({ stdout, terminal }: Streams, bytes: Uint8Array): void {
  if (!terminal) return void stdout.write(bytes);
  const text = escapeFile(Buffer.from(bytes).toString("utf8"));
  stdout.write(text === "" || text.endsWith("\n") ? text : `${text}\n`);
}

/** Columns padded to their widest cell; the last one is cut to the terminal. */
export function table(rows: string[][], columns: number): string[] {
  const safe = rows.map((row) => row.map(escapeLine));
  const widths = (safe[0] ?? []).map((_, index) => Math.max(...safe.map((row) => row[index]?.length ?? 0)));
  return safe.map((row) => {
    const line = row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
    return line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
  });
}

/** Control characters that JSON leaves as they are, and those that hide text or turn it round. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/**
 * An entry of the log as one line of JSON. Refused wishes are written down as they came, and the line is read in a terminal: nothing
 * in it drives one. Whoever parses it gets the very text.
 */
export function auditLine(entry: object): string {
  return `${JSON.stringify(entry).replace(OBEYED, escaped)}\n`;
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

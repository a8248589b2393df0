/**
 * The document in the layout of the text it replaces. JSON has one indent and one kind of line end per file in practice, so
 * these are kept, as `npm version` does.
 */
export function formatLike(text: string, document: object): string {
  const indent = /^[{[]\r?\n([ \t]+)/.exec(text.trimStart())?.[1];
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const end = /\s*$/.exec(text)?.[0] ?? "";
  // Some editors on Windows begin a file with this mark, and miss it when it is gone.
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  return mark + JSON.stringify(document, undefined, indent).replaceAll("\n", newline) + end;
}

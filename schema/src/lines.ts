/** Turns offsets into line numbers; offsets have to be asked for in ascending order, which keeps a whole file linear. */
export class LineFinder {
  readonly #text: string;
  /** Offset of the line break that ends the current line; looked for once, as a text may be one long line. */
  #end: number;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.indexOf("\n");
  }

  /** Line of the offset, from 1. */
  lineAt(offset: number): number {
    while (this.#end !== -1 && this.#end < offset) {
      this.#end = this.#text.indexOf("\n", this.#end + 1);
      this.#line += 1;
    }
    return this.#line;
  }
}

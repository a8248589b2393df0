/** Turns offsets into line numbers; offsets have to be asked for in ascending order, which keeps a whole file linear. */
export class LineFinder {
  readonly #text: string;
  #offset = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Line of the offset, from 1. */
  lineAt(offset: number): number {
    for (;;) {
      const next = this.#text.indexOf("\n", this.#offset);
      if (next === -1 || next >= offset) return this.#line;
      this.#offset = next + 1;
      this.#line += 1;
    }
  }
}

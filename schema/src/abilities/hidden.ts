import { BIDI_CONTROLS, hasHiddenText } from "../text.ts";
import { hasZeroWidth } from "../zero-width.ts";
import type { Ability } from "./ability.ts";
import { digestOf } from "./scripts.ts";
import type { Source } from "./source.ts";

/** A variation selector changes pictures and signs; behind a letter it does nothing but carry a part of a hidden text. */
const VARIED_LETTER = /[a-z .,;:!?][\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/iu;

const KINDS: readonly { name: string; isIn: (text: string) => boolean }[] = [
  { name: "characters that reverse the direction of text", isIn: (text) => BIDI_CONTROLS.test(text) },
  {
    name: "characters that carry hidden text",
    isIn: (text) => hasHiddenText(text) || VARIED_LETTER.test(text),
  },
  { name: "characters without width", isIn: hasZeroWidth },
];

/** Characters that a reader does not see and an agent reads. The digest is of all lines that have some. */
export function hiddenIn({ path, text: whole, kind }: Source): Ability[] {
  // A byte order mark is none of them; and a text all of ASCII, as most are, has none.
  const text = whole.replace(/^\ufeff/, "");
  return KINDS.filter(({ isIn }) => isIn(text)).flatMap(({ name, isIn }) => {
    const lines = text.split("\n");
    const first = lines.findIndex(isIn);
    if (first === -1) return [];
    const digest = digestOf(lines.filter(isIn).join("\n"));
    const said = kind === "script" ? "script" : "text";
    return [
      { kind: "hidden", subject: `${path} ${name}`, detail: name, said, path, line: first + 1, digest },
    ];
  });
}

/** Characters without width: spaces, joiners, marks, fillers, soft hyphen. */
const ZERO_WIDTH =
  /[\u{ad}\u{61c}\u{115f}\u{1160}\u{180e}\u{200b}-\u{200f}\u{2060}-\u{2064}\u{206a}-\u{206f}\u{3164}\u{feff}\u{ffa0}]|\u{34f}|\u{17b4}|\u{17b5}/u;

/** A joiner between two emoji, with variation selector or skin tone before it, makes one picture of them. */
const EMOJI_JOINER =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})/gu;

/** Arabic, Hebrew, Indic and South-East Asian writing needs joiners, non-joiners and direction marks. */
const SCRIPT_JOINER =
  /(?<=[\u0590-\u08ff\u0900-\u109f\u1780-\u18af])[\u200c-\u200f\u061c]|[\u200c-\u200f\u061c](?=[\u0590-\u08ff\u0900-\u109f\u1780-\u18af])/gu;

/** True for text with characters that take no room and are not part of an emoji or of a script that needs them. */
export function hasZeroWidth(text: string): boolean {
  if (!ZERO_WIDTH.test(text)) return false;
  return ZERO_WIDTH.test(text.replace(EMOJI_JOINER, "").replace(SCRIPT_JOINER, ""));
}

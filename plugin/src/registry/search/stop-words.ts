/** Words of questions and sentences that say nothing about a skill, without accents and in lower case. */
const STOP_WORDS = new Set(
  `a an and any are as at be been but by can could did do does for from had has have how i if in into is it its
  me my of on or our please should so some than that the their them then there these they this those to us want
  was we were what when where which while who why will with would you your`.split(/\s+/),
);

/** The words that count, each once, where it stands last; the whole of it where a query has nothing else to go by. */
export function withoutStopWords({ words, phrases }: { words: string[]; phrases: string[][] }): string[] {
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  const counting = telling.length === 0 && phrases.length === 0 ? words : telling;
  return [...new Set(counting.toReversed())].toReversed();
}

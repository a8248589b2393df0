/** From the specification: what an agent can take in of one SKILL.md at once. */
export const TOKENS_MAX = 5_000;

/** Rule of thumb for English text; the true figure depends on the model. */
const CHARACTERS_PER_TOKEN = 4;

/** What a text costs in an agent's context, in tokens, about. */
export function tokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

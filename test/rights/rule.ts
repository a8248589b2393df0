/**
 * The rule of who may do what, as people are told it. It is written down here once more, in the words of its readers, and not
 * taken from the implementation.
 *
 * Of each deed the cell says what comes of it for a public skill of @acme, for a restricted one, and for a name under which there
 * is none: `ok`, or why not. `login`: prove who you are (401). `others`: the namespace belongs to others (403). `token`: the
 * token is not made for this, or the account is locked (403). `absent`: there is no such skill (404), which is also what is said of
 * a skill that one may not see.
 */
const RULE = `
| who                             | read              | like              | publish              | change               | trust                | administer           | people               | govern |
| ------------------------------- | ----------------- | ----------------- | -------------------- | -------------------- | -------------------- | -------------------- | -------------------- | ------ |
| nobody                          | ok absent absent  | login             | login                | login                | login                | login                | login                | login  |
| a stranger                      | ok absent absent  | ok absent absent  | others               | others               | others               | others               | others               | others |
| a member                        | ok ok absent      | ok ok absent      | others               | others               | others               | others               | ok ok absent         | others |
| a maintainer                    | ok ok absent      | ok ok absent      | ok                   | ok ok absent         | others               | others               | ok ok absent         | others |
| an owner                        | ok ok absent      | ok ok absent      | ok                   | ok ok absent         | ok                   | ok ok absent         | ok ok absent         | ok     |
| an owner of the skill           | ok ok absent      | ok ok absent      | ok ok others         | ok ok others         | ok ok others         | ok ok others         | others               | others |
| a team that may read            | ok ok absent      | ok ok absent      | others               | others               | others               | others               | others               | others |
| a team that may write           | ok ok absent      | ok ok absent      | ok ok others         | ok ok others         | others               | others               | others               | others |
| an owner's read-only token      | ok ok absent      | token             | token                | token                | token                | token                | ok ok absent         | token  |
| an owner's token for the skill  | ok ok absent      | ok ok absent      | ok                   | ok ok absent         | token                | token                | token                | token  |
| an owner's token for another    | ok absent absent  | ok absent absent  | token                | token                | token                | token                | token                | token  |
| a run of CI, for the skill      | ok ok absent      | token             | ok                   | token                | token                | token                | token                | token  |
| a run of CI, for another        | ok absent absent  | token             | token                | token                | token                | token                | token                | token  |
| an owner whose account is locked | token            | token             | token                | token                | token                | token                | token                | token  |
| an operator of the registry     | ok absent absent  | ok absent absent  | others               | others               | others               | others               | others               | others |
`;

export const SIGHTS = ["public", "restricted", "missing"] as const;
/** What there is under the name that is asked for. */
export type Sight = (typeof SIGHTS)[number];

export const DEEDS = [
  "read",
  "like",
  "publish",
  "change",
  "administer",
  "trust",
  "people",
  "govern",
] as const;
export type Deed = (typeof DEEDS)[number];

const OUTCOMES = ["ok", "login", "others", "token", "absent"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const WHO = [
  "nobody",
  "a stranger",
  "a member",
  "a maintainer",
  "an owner",
  "an owner of the skill",
  "a team that may read",
  "a team that may write",
  "an owner's read-only token",
  "an owner's token for the skill",
  "an owner's token for another",
  "a run of CI, for the skill",
  "a run of CI, for another",
  "an owner whose account is locked",
  "an operator of the registry",
] as const;
export type Who = (typeof WHO)[number];

/** What the rule says. */
export function ruled(who: Who, deed: Deed, sight: Sight): Outcome {
  const words = cell(who, deed).split(/ +/);
  const word = words.length === 1 ? words[0] : words[SIGHTS.indexOf(sight)];
  const outcome = OUTCOMES.find((known) => known === word);
  if (outcome === undefined) throw new Error(`the rule does not say what comes of ${who}: ${deed}, ${sight}`);
  return outcome;
}

function cell(who: Who, deed: Deed): string {
  const rows = RULE.trim()
    .split("\n")
    .map((line) => line.split("|").map((text) => text.trim()));
  const column = rows[0]?.indexOf(deed) ?? -1;
  return rows.find((row) => row[1] === who)?.[column] ?? "";
}

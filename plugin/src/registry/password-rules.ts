import { SkillsError } from "@skills-registry/schema";

/** NIST SP 800-63B asks for at least 8, and for a generous maximum; the maximum bounds the work of hashing. */
const MIN = 8;
export const PASSWORD_MAX = 256;

/** The commonest of those that are long enough: what a guesser tries within the few guesses that are free. */
const COMMON = new Set([
  "12345678",
  "123456789",
  "1234567890",
  "11111111",
  "00000000",
  "87654321",
  "password",
  "password1",
  "password123",
  "passw0rd",
  "p@ssw0rd",
  "p@ssword",
  "qwertyuiop",
  "qwerty123",
  "1q2w3e4r",
  "1qaz2wsx",
  "iloveyou",
  "sunshine",
  "princess",
  "football",
  "baseball",
  "superman",
  "trustno1",
  "abcd1234",
  "welcome1",
  "changeme",
  "letmein1",
  "admin123",
  "administrator",
]);

/** Throws EBADREQUEST for a password that nobody should have; `name` is that of its account. */
export function requireGoodPassword(password: string, name: string): void {
  if (password.length < MIN || password.length > PASSWORD_MAX) {
    throw new SkillsError("EBADREQUEST", `the password must have ${MIN} to ${PASSWORD_MAX} characters`);
  }
  const plain = password.normalize("NFKC").toLowerCase();
  if (plain === name || COMMON.has(plain)) {
    throw new SkillsError("EBADREQUEST", "the password is one that everybody would guess first", {
      hint: "Choose another: several words that do not belong together are easy to keep in mind.",
    });
  }
}

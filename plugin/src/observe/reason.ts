/** Why something failed, for operators, in one line: stores wrap it in words for users. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = error.message.replaceAll(/\s+/g, " ");
  const cause = error.cause === undefined ? "" : reasonOf(error.cause);
  return said.includes(cause) ? said : `${said}: ${cause}`;
}

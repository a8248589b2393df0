import type { CliResult } from "./cli.ts";

/** What a command says that refuses to work: a line of what, the findings, a line of what to do. Throws for any other outcome. */
export function refusalOf({ code, stdout, stderr }: CliResult): string {
  const refusal = /^error [A-Z0-9]+: [^\n]+\n(?: {2}[^\n]+\n)*hint: [^\n]+\n$/m.exec(stderr)?.[0];
  if (code === 1 && stdout === "" && refusal !== undefined) return refusal;
  throw new Error(`no refusal, but exit code ${code}:\n${stdout}${stderr}`);
}

import type { Readable, Writable } from "node:stream";
import type { Context } from "../context.ts";

/** Questions to a person, on stderr so that stdout stays the result. Loaded only where somebody is there to answer. */

export async function askText(context: Context, message: string): Promise<string> {
  const { text } = await import("@clack/prompts");
  return asking<string>(context, (terminal) => text({ message, ...terminal }));
}

export async function askPassword(context: Context, message: string): Promise<string> {
  const { password } = await import("@clack/prompts");
  return asking<string>(context, (terminal) => password({ message, ...terminal }));
}

export async function askMany<T extends string>(
  context: Context,
  message: string,
  choices: { all: { value: T; label: string }[]; preset: readonly T[] },
): Promise<T[]> {
  const { multiselect } = await import("@clack/prompts");
  const options: { value: string; label: string }[] = choices.all;
  const question = { message, options, initialValues: [...choices.preset], required: false };
  const values = await asking<string[]>(context, (terminal) => multiselect({ ...question, ...terminal }));
  return choices.all.map(({ value }) => value).filter((value) => values.includes(value));
}

/** Enter says no. */
export async function askYes(context: Context, message: string): Promise<boolean> {
  const { confirm } = await import("@clack/prompts");
  return asking<boolean>(context, (terminal) => confirm({ message, initialValue: false, ...terminal }));
}

interface Terminal {
  input: Readable;
  output: Writable;
  signal: AbortSignal;
}

/** Asks on a terminal that shows nothing else meanwhile. Escape and Ctrl-C come back from a prompt as a symbol. */
async function asking<T>(context: Context, ask: (terminal: Terminal) => Promise<T | symbol>): Promise<T> {
  const { streams, signal } = context;
  const resume = context.pauseProgress();
  try {
    const answer = await ask({ input: streams.stdin, output: streams.stderr, signal });
    if (typeof answer === "symbol") throw new DOMException("cancelled", "AbortError");
    return answer;
  } finally {
    resume();
  }
}

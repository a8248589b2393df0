import type { Readable, Writable } from "node:stream";
import type { Context } from "../context.ts";

/** Questions to a person, on stderr so that stdout stays the result. Loaded only where somebody is there to answer. */

export async function askText(context: Context, message: string): Promise<string> {
  const { text } = await import("@clack/prompts");
  return answered<string>(await text({ message, ...terminal(context) }));
}

export async function askPassword(context: Context, message: string): Promise<string> {
  const { password } = await import("@clack/prompts");
  return answered<string>(await password({ message, ...terminal(context) }));
}

export async function askMany<T extends string>(
  context: Context,
  message: string,
  choices: { all: { value: T; label: string }[]; preset: readonly T[] },
): Promise<T[]> {
  const { multiselect } = await import("@clack/prompts");
  const options: { value: string; label: string }[] = choices.all;
  const chosen = await multiselect({
    message,
    options,
    initialValues: [...choices.preset],
    required: false,
    ...terminal(context),
  });
  const values = answered<string[]>(chosen);
  return choices.all.map(({ value }) => value).filter((value) => values.includes(value));
}

function terminal({ streams, signal }: Context): { input: Readable; output: Writable; signal: AbortSignal } {
  return { input: streams.stdin, output: streams.stderr, signal };
}

/** Escape and Ctrl-C in a prompt come back as a symbol. */
function answered<T>(answer: T | symbol): T {
  if (typeof answer === "symbol") throw new DOMException("cancelled", "AbortError");
  return answer;
}

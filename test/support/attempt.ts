import { expect } from "vitest";
import type { TestProject } from "./project.ts";

/** A command that failed as it should: what it says, and whether it left everything alone. */
export interface Attempt {
  code: number;
  stdout: string;
  stderr: string;
  /** One line with the error, one with what to do. */
  isExplained: boolean;
  /** A path of the project is not what it was. */
  changed: boolean;
}

export async function attempt(project: TestProject, args: string[]): Promise<Attempt> {
  const before = JSON.stringify(await project.tree());
  const { code, stdout, stderr } = await project.skills(args);
  const isExplained = /^error [A-Z0-9]+: [^\n]+\nhint: [^\n]+\n$/.test(stderr);
  return { code, stdout, stderr, isExplained, changed: JSON.stringify(await project.tree()) !== before };
}

/** What every attempt with bad input has to come to; `message` is a part of what it says. */
export function refusal(message: string | RegExp): Attempt {
  const stderr: string = expect.stringMatching(typeof message === "string" ? escaped(message) : message);
  return { code: 1, stdout: "", stderr, isExplained: true, changed: false };
}

function escaped(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}

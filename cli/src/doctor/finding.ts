import { describeFailure } from "../failure.ts";

/** What is looked at, in the order of the report. */
export const CHECKS = [
  "node",
  "npm",
  "git",
  "files",
  "drift",
  "skills",
  "leftovers",
  "agents",
  "duplicates",
  "links",
  "registry",
  "versions",
] as const;

export interface Finding {
  check: (typeof CHECKS)[number];
  /** A problem keeps something from working; a warning is for somebody to know. */
  state: "ok" | "warning" | "problem";
  message: string;
  /** What to do; null where nothing is to be done. */
  hint: string | null;
  /** The paths or packages that it is about, where it is about several. */
  items: string[];
}

export function ok(check: Finding["check"], message: string): Finding {
  return { check, state: "ok", message, hint: null, items: [] };
}

interface Trouble {
  message: string;
  hint: string;
  items?: string[];
}

export function warning(check: Finding["check"], { message, hint, items = [] }: Trouble): Finding {
  return { check, state: "warning", message, hint, items };
}

export function problem(check: Finding["check"], { message, hint, items = [] }: Trouble): Finding {
  return { check, state: "problem", message, hint, items };
}

/** The problem that kept a check from being made. */
export function failed(check: Finding["check"], error: unknown): Finding {
  const { message, hint } = describeFailure(error);
  return problem(check, { message, hint });
}

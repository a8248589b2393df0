import { isDeepStrictEqual } from "node:util";
import type { ForkedFrom } from "@skills-registry/schema";
import { z } from "zod";
import { formatLike } from "../json-text.ts";
import { KEPT_FIELDS } from "./fork-files.ts";

const document = z.record(z.string(), z.unknown());
const settings = z.record(z.string(), z.unknown()).catch({});

/**
 * package.json of a fork after it has taken over a version: the fields that a fork keeps follow the origin where the fork has
 * not changed them; those that both changed stay, and are named. Indent, line ends and the order of the keys are kept.
 */
export function mergeManifest(
  text: string,
  states: { base: Record<string, unknown>; theirs: Record<string, unknown>; forkedFrom: ForkedFrom },
): { text: string; conflicts: string[] } {
  const { base, theirs, forkedFrom } = states;
  const ours = document.parse(JSON.parse(text.replace(/^\uFEFF/, "")));
  const changed = KEPT_FIELDS.filter((field) => {
    return !isDeepStrictEqual(base[field], theirs[field]) && !isDeepStrictEqual(ours[field], theirs[field]);
  });
  const conflicts = changed.filter((field) => !isDeepStrictEqual(ours[field], base[field]));
  const taken = changed.filter((field) => !conflicts.includes(field));
  const merged = {
    ...ours,
    ...Object.fromEntries(taken.map((field) => [field, theirs[field]])),
    skill: { ...settings.parse(ours["skill"]), forkedFrom },
  };
  return { text: formatLike(text, merged), conflicts };
}

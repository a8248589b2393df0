import { tokens } from "@skills-registry/schema";
import type { SkillText } from "./skill-texts.ts";

/** What a package costs an agent, in tokens, about. */
export interface ContextCost {
  /** Name and description of its skills, which the agent always reads. */
  description: number;
  /** Their texts, read when a skill is used. */
  body: number;
}

export function contextCost(texts: SkillText[]): ContextCost {
  const sum = (cost: (text: SkillText) => number): number =>
    texts.reduce((total, text) => total + cost(text), 0);
  return {
    description: sum(({ name, description }) => tokens(`${name}: ${description}`)),
    body: sum(({ body }) => tokens(body)),
  };
}

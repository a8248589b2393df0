import type { Context } from "../context.ts";
import { parseSkillSpec } from "./fetch-skill.ts";
import type { PlacedSkill } from "../install/report.ts";
import { optionsFor } from "./registry.ts";

/** How long a report may keep the user waiting; the skills are in place by then. */
const PATIENCE_MS = 3_000;

/** Nothing is reported unless the user says so, by the option or once and for all in the environment. */
export function wantsReport(context: Context, option: boolean | undefined): boolean {
  return option ?? context.env["SKILLS_REPORT_INSTALLS"] === "1";
}

/**
 * Tells the registry which versions were installed: name and version, nothing about the user, the project or the agents.
 * A report that fails is noted, and changes nothing about the install.
 */
export async function reportInstalls(context: Context, placed: PlacedSkill[]): Promise<void> {
  const news = placed.filter(({ action }) => action !== "unchanged");
  const specs = new Set(news.map(({ package: name, version }) => `${name}@${version}`));
  await Promise.all(Array.from(specs, (spec) => reportInstall(context, spec)));
}

async function reportInstall(context: Context, text: string): Promise<void> {
  try {
    const { countInstall } = await import("./api.ts");
    const spec = await parseSkillSpec(text);
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const options = await optionsFor(context, spec.scope);
    await countInstall(spec.parts, spec.wanted, { ...options, signal });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.note(`note: the install of ${text} could not be reported: ${reason}`);
  }
}

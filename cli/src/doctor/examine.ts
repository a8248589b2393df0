import type { Context } from "../context.ts";
import { leftStaging } from "../install/staging.ts";
import { agentFolders, findPlace, locatePlace, type Place } from "../project/project.ts";
import { counted } from "../terminal/format.ts";
import type { ContextCost } from "./agent-checks.ts";
import { examineAgents } from "./agents-here.ts";
import { checkDrift } from "./drift.ts";
import { CHECKS, failed, ok, warning, type Finding } from "./finding.ts";
import { checkInstalled } from "./installed-skills.ts";
import { readPlaceFiles, type PlaceFiles } from "./place-files.ts";
import { shownPath, type Sites } from "./readers.ts";
import { checkRegistries } from "./registries.ts";
import { checkTools } from "./tools.ts";

/** The document of `skills doctor --json`. */
export interface Examination {
  /** The project, or the home. */
  root: string;
  findings: Finding[];
  agents: ContextCost[];
  problems: number;
  warnings: number;
}

/** Looks at everything and changes nothing. A check that cannot be made is a problem of its own and stops no other. */
export async function examine(context: Context, scope: "project" | "global"): Promise<Examination> {
  const located = await locatePlace(context, scope);
  const files = await readPlaceFiles(located);
  const place: Place = { ...located, folders: files.project?.folders ?? {} };
  const sites = { place, home: place.global ? undefined : await homeOf(context) };
  const [agents, ...others] = await Promise.all([
    examineAgents(context, sites, files),
    checkTools(context),
    checkLock(place, files),
    checkLeftovers(sites),
    attempt("registry", checkRegistries(context, files.lock ?? {})),
  ]);
  const findings = [...files.findings, ...agents.findings, ...others.flat()].toSorted(
    (a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check),
  );
  const counting = (state: Finding["state"]) => findings.filter((finding) => finding.state === state).length;
  const [problems, warnings] = [counting("problem"), counting("warning")];
  return { root: place.root, findings, agents: agents.costs, problems, warnings };
}

/** The home with its own folders, or with the usual ones where its skills.json cannot be read. */
async function homeOf(context: Context): Promise<Place> {
  return findPlace(context, "global").catch(async () => ({
    ...(await locatePlace(context, "global")),
    folders: {},
  }));
}

/** What only a lockfile that can be read lets know. */
async function checkLock(place: Place, { project, lock, readable }: PlaceFiles): Promise<Finding[]> {
  if (lock === undefined) return [];
  const drift = readable ? [checkDrift(project, lock, place)] : [];
  return [...drift, ...(await attempt("skills", checkInstalled(place, lock)))];
}

async function attempt(check: Finding["check"], work: Promise<Finding[]>): Promise<Finding[]> {
  return work.catch((error: unknown) => [failed(check, error)]);
}

async function checkLeftovers(sites: Sites): Promise<Finding[]> {
  const folders = agentFolders(sites.place);
  const left = await Promise.all(
    folders.map(async (folder) =>
      (await leftStaging(folder)).map((name) => `${shownPath(sites, folder)}/${name}`),
    ),
  );
  const items = left.flat();
  if (items.length === 0) return [ok("leftovers", "no interrupted install")];
  const message = `${counted(items.length, "folder")} that an interrupted install has left`;
  return [warning("leftovers", { message, hint: "Run skills install, which undoes or clears it.", items })];
}

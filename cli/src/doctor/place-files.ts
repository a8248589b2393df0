import { readLock, type Lock } from "../project/lockfile.ts";
import { parseProject, type Project } from "../project/project-file.ts";
import { projectSource, type Place } from "../project/project.ts";
import { counted } from "../terminal/format.ts";
import { failed, ok, type Finding } from "./finding.ts";

/** What the files of a place say; undefined for one that cannot be read, or is not there in the case of skills.json. */
export interface PlaceFiles {
  project: Project | undefined;
  lock: Lock | undefined;
  /** False where one of them cannot be read. */
  readable: boolean;
  findings: Finding[];
}

/** Reads skills.json and skills.lock, each by itself: what is wrong with one does not hide the other. */
export async function readPlaceFiles(place: Omit<Place, "folders">): Promise<PlaceFiles> {
  const read = await Promise.allSettled([readProject(place), readLock(place.lockFile)]);
  const [project, lock] = [valueOf(read[0]), valueOf(read[1])];
  const findings = read.flatMap((file) => (file.status === "rejected" ? [failed("files", file.reason)] : []));
  if (findings.length > 0) return { project, lock, readable: false, findings };
  const wished = project === undefined ? "there is no skills.json" : "skills.json is in order";
  const locked = counted(Object.keys(lock ?? {}).length, "package");
  const finding = ok("files", `${wished}; ${locked} in skills.lock`);
  return { project, lock, readable: true, findings: [finding] };
}

function valueOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === "fulfilled" ? result.value : undefined;
}

async function readProject(place: Omit<Place, "folders">): Promise<Project | undefined> {
  const source = await projectSource(place);
  return source.text === undefined ? undefined : parseProject(source);
}

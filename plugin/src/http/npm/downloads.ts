import { fillDays } from "../../registry/days.ts";
import { parsePeriod } from "../../registry/download-period.ts";
import { resolveVersion } from "../../registry/resolve-version.ts";
import type { DayCount, DayRange } from "../../store/metadata.ts";
import { type Answer, json } from "../answer.ts";
import type { PackageRequest, Request } from "../request.ts";
import type { Services } from "../services.ts";

/** The numbers change with every download. */
const REVALIDATE = { "cache-control": "no-cache" };

/** `GET /downloads/point/:period`: one number for all skills together, as npm's own API answers. */
export async function downloadsOfAll(services: Services, request: Request): Promise<Answer> {
  const range = periodOf(services, request);
  return point(range, await services.parts.metadata.allDownloads(range));
}

/** `GET /downloads/range/:period`: a number for every day. */
export async function downloadsOfAllByDay(services: Services, request: Request): Promise<Answer> {
  const range = periodOf(services, request);
  return byDay(range, await services.parts.metadata.allDownloads(range));
}

/** `GET /downloads/point/:period/:package` */
export async function downloadsOfPackage(services: Services, request: PackageRequest): Promise<Answer> {
  const range = periodOf(services, request);
  return point(range, await countsOf(services, request, range), request.name.full);
}

/** `GET /downloads/range/:period/:package` */
export async function downloadsOfPackageByDay(services: Services, request: PackageRequest): Promise<Answer> {
  const range = periodOf(services, request);
  return byDay(range, await countsOf(services, request, range), request.name.full);
}

function periodOf({ parts }: Services, { params }: Request): DayRange {
  return parsePeriod(params["period"] ?? "", parts.now());
}

async function countsOf(
  { parts: { metadata } }: Services,
  { name }: PackageRequest,
  range: DayRange,
): Promise<DayCount[]> {
  const { package: found } = await resolveVersion(metadata, { name });
  return await metadata.downloads(found.id, range);
}

function point({ from, to }: DayRange, counts: DayCount[], name?: string): Answer {
  const downloads = counts.reduce((sum, { count }) => sum + count, 0);
  return json(200, { downloads, start: from, end: to, package: name }, REVALIDATE);
}

function byDay(range: DayRange, counts: DayCount[], name?: string): Answer {
  const downloads = fillDays(range, counts).map(({ day, count }) => ({ day, downloads: count }));
  return json(200, { start: range.from, end: range.to, package: name, downloads }, REVALIDATE);
}

import type { DownloadCounter } from "../registry/downloads.ts";
import type { VersionDiffs } from "../registry/diff.ts";
import type { UnpackedPackages } from "../registry/unpacked.ts";
import type { Observer } from "../observe/observer.ts";
import type { Parts } from "../registry/parts.ts";
import type { Statistics } from "../registry/statistics.ts";
import type { Turns } from "../registry/turns.ts";
import type { LooseLimiter } from "../store/nodes.ts";
import type { Scrapers } from "./health/scrapers.ts";
import type { PackumentCache } from "./npm/packument-cache.ts";
import type { RecentFailures } from "./recent-failures.ts";
import type { RenderedTexts } from "./web/rendered-texts.ts";

/** What handlers work with: the domain's parts, and what is remembered between requests. */
export interface Services {
  parts: Parts;
  packuments: PackumentCache;
  /** Files of versions, by their integrity. */
  unpacked: UnpackedPackages;
  diffs: VersionDiffs;
  /** Uploads take the memory of all their files several times: they are worked on few at a time. */
  uploads: Turns;
  /** The same for npm's publishes, which take that memory once and are not to wait for uploads. */
  publishes: Turns;
  downloads: DownloadCounter;
  statistics: Statistics;
  /** Requests to pages and REST API, by client. */
  requests: LooseLimiter;
  failures: RecentFailures;
  renderedTexts: RenderedTexts;
  observer: Observer;
  /** Who may read the metrics. */
  scrapers: Scrapers;
}

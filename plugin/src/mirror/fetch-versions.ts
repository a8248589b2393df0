import { isError, type PackageName, printable, SkillsError } from "@skills-registry/schema";
import { inspectForeign } from "../moving/bring-in.ts";
import type { Parts } from "../registry/parts.ts";
import { withBlobs } from "../registry/with-blob.ts";
import { digestOf, integrityOf } from "../store/digest.ts";
import type { Version } from "../store/metadata.ts";
import { type Application, applySkill } from "./apply.ts";
import type { Refused, SignedVersion } from "./plan.ts";
import type { Upstream } from "./upstream-client.ts";
import { UpstreamError } from "./upstream-error.ts";

/** Written in one transaction, and held in memory until then. */
const BATCH_VERSIONS = 20;
const BATCH_BYTES = 16 * 1024 * 1024;
/** Characters of a reason that is kept. */
const REASON_MAX = 500;

interface Fetching {
  parts: Pick<Parts, "metadata" | "blobs" | "nodes" | "config" | "now">;
  upstream: Upstream;
  signal: AbortSignal;
}

interface FetchReport {
  /** Left out for good: their bytes break a rule. */
  refused: Refused[];
  /** Of the first one whose bytes could not be had, which may be otherwise next time; undefined when there is none. */
  failure: UpstreamError | undefined;
}

/**
 * Fetches one tarball after the other and writes them in batches: what is written stays, and is readable, when a later one cannot be
 * had. Throws UpstreamError when the registry cannot be asked any more.
 */
export async function fetchVersions(
  fetching: Fetching,
  target: Pick<Application, "shown" | "trusted">,
  missing: SignedVersion[],
): Promise<FetchReport> {
  const report: FetchReport = { refused: [], failure: undefined };
  let batch: Fetched[] = [];
  for (const version of missing) {
    fetching.signal.throwIfAborted();
    const one = await tryVersion(fetching, target.shown.name, version);
    if (one instanceof UpstreamError) report.failure ??= one;
    else if ("reason" in one) report.refused.push(one);
    else batch.push(one);
    const size = batch.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (batch.length < BATCH_VERSIONS && size < BATCH_BYTES) continue;
    await writeBatch(fetching, target, batch);
    batch = [];
  }
  await writeBatch(fetching, target, batch);
  return report;
}

interface Fetched {
  record: Version;
  bytes: Buffer;
}

/** One version with its bytes, why it is left out, or why it cannot be had. */
async function tryVersion(
  fetching: Fetching,
  name: PackageName,
  version: SignedVersion,
): Promise<Fetched | Refused | UpstreamError> {
  try {
    return await fetchVersion(fetching, name, version);
  } catch (error) {
    const broken = error instanceof UpstreamError ? error.cause : error;
    if (broken instanceof SkillsError) {
      return { version: version.version, integrity: version.integrity, reason: reasonOf(broken) };
    }
    if (error instanceof UpstreamError && !error.isAway) return error;
    throw error;
  }
}

/** Throws UpstreamError for other bytes than were signed: something on the way may have changed them. */
async function fetchVersion(
  { parts, upstream }: Fetching,
  name: PackageName,
  { signatures: _signatures, fault: _fault, deprecated, ...said }: SignedVersion,
): Promise<Fetched> {
  const { limits } = parts.config;
  const bytes = await upstream.tarball(name.full, said.version, limits.tarball);
  if (integrityOf(digestOf(bytes)) !== said.integrity) {
    throw new UpstreamError(`upstream sent other bytes than were signed as ${name.full}@${said.version}`);
  }
  const record = await inspectForeign({ ...said, name, tarball: bytes }, limits);
  return { record: { ...record, deprecated }, bytes };
}

function reasonOf({ message, issues }: SkillsError): string {
  const rules = [...new Set(issues.filter(isError).map(({ code }) => code))];
  const listed = rules.length === 0 ? "" : `: ${rules.join(", ")}`;
  return printable(`${message}${listed}`).slice(0, REASON_MAX);
}

async function writeBatch(
  { parts }: Fetching,
  target: Pick<Application, "shown" | "trusted">,
  batch: Fetched[],
): Promise<void> {
  if (batch.length === 0) return;
  const at = parts.now().toISOString();
  const fetched = batch.map(({ record }) => record);
  const blobs = batch.map(({ bytes }) => ({ digest: digestOf(bytes), bytes }));
  const scope = `package ${target.shown.name.full}` as const;
  await withBlobs(parts, { blobs, scope }, (tx) => applySkill(tx, { ...target, fetched, at }));
}

import { execFile } from "node:child_process";
import { hash } from "node:crypto";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { type Attempt, send } from "./attempts.ts";

const run = promisify(execFile);
const MAIN = path.resolve(import.meta.dirname, "../../plugin/src/main.ts");
/** Packages that are looked at side by side. */
const AT_ONCE = 8;
/** An export of the log. Bytes. */
const OUTPUT_MAX = 512 * 1024 * 1024;

const packument = z.object({
  _rev: z.string(),
  "dist-tags": z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.object({ dist: z.object({ integrity: z.string() }) })),
});
const found = z.object({
  objects: z.array(z.object({ package: z.object({ name: z.string(), version: z.string() }) })),
});

export interface Verdict {
  /** Acknowledged, and a node does not have it. */
  lost: string[];
  /** Bytes, or a digest, are others than those that were sent. */
  altered: string[];
  /** Visible in one place, and not in another one that belongs to it. */
  half: string[];
  /** The log is broken, or has another number of entries for a version than one. */
  audit: string[];
}

export interface Checked {
  nodes: string[];
  token: string;
  /** Configuration file of a node, for the commands of operators. */
  config: string;
}

/**
 * Looks at everything that was tried, on every node, when nothing is broken any more: what was acknowledged is there with its bytes; what was
 * not is there as a whole, or not at all, and can be published now; search and tags say the same as the packument.
 */
export async function check(registry: Checked, attempts: Attempt[]): Promise<Verdict> {
  const verdict: Verdict = { lost: [], altered: [], half: [], audit: [] };
  const names = [...new Set(attempts.map(({ name }) => name))];
  const byName = (name: string): Attempt[] => attempts.filter((attempt) => attempt.name === name);
  for (const node of registry.nodes) {
    await inParts(names, async (name) => await checkPackage({ ...registry, node }, byName(name), verdict));
  }
  await publishRest(registry, attempts, verdict);
  verdict.audit.push(...(await auditProblems(registry, attempts)));
  return verdict;
}

interface AtNode extends Checked {
  node: string;
}

async function checkPackage(at: AtNode, attempts: Attempt[], verdict: Verdict): Promise<void> {
  const [first] = attempts;
  if (first === undefined) return;
  const answer = await ask(at, `/${first.name}`);
  const lost = (attempt: Attempt): void => {
    if (attempt.acknowledged) verdict.lost.push(`${at.node}: ${attempt.name}@${attempt.version}`);
  };
  if (answer.status !== 200) {
    // Nothing of it may be found, then.
    if ((await searchedVersion(at, first.name)) !== undefined)
      verdict.half.push(`${at.node}: search has ${first.name}`);
    for (const attempt of attempts) lost(attempt);
    return;
  }
  const document = packument.parse(JSON.parse((await bytesOf(answer)).toString()));
  for (const attempt of attempts) {
    const listed = document.versions[attempt.version]?.dist.integrity;
    if (listed === undefined) lost(attempt);
    else if (listed !== attempt.integrity)
      verdict.altered.push(`${at.node}: ${attempt.name}@${attempt.version}`);
    else await checkTarball(at, attempt, verdict);
  }
  const latest = document["dist-tags"]["latest"] ?? "";
  if (document.versions[latest] === undefined) {
    verdict.half.push(`${at.node}: latest of ${first.name} is ${latest || "missing"}`);
  }
  const searched = await searchedVersion(at, first.name);
  if (searched !== latest)
    verdict.half.push(`${at.node}: search has ${first.name}@${searched}, latest is ${latest}`);
}

async function checkTarball(at: AtNode, attempt: Attempt, verdict: Verdict): Promise<void> {
  const { name, version, integrity } = attempt;
  const label = `${at.node}: the tarball of ${name}@${version}`;
  const answer = await ask(at, `/${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`);
  if (answer.status !== 200) {
    (attempt.acknowledged ? verdict.lost : verdict.half).push(`${label} is answered with ${answer.status}`);
  } else if (`sha512-${hash("sha512", await bytesOf(answer), "base64")}` !== integrity) {
    verdict.altered.push(label);
  }
}

/** The version of the package that search shows; undefined when it does not find it. */
async function searchedVersion(at: AtNode, name: string): Promise<string | undefined> {
  const text = name.slice(name.indexOf("/") + 1);
  const answer = await ask(at, `/-/v1/search?size=20&text=${encodeURIComponent(text)}`);
  const { objects } = found.parse(JSON.parse((await bytesOf(answer)).toString()));
  return objects.find((hit) => hit.package.name === name)?.package.version;
}

/** What was refused, or has got no answer, is published again as it was: to have tried before must not stand in the way. */
async function publishRest({ nodes, token }: Checked, attempts: Attempt[], verdict: Verdict): Promise<void> {
  const rest = attempts.filter((attempt) => !attempt.acknowledged);
  await inParts(rest, async (attempt) => {
    const node = nodes[rest.indexOf(attempt) % nodes.length] ?? "";
    const status = await send(node, token, attempt);
    if (status !== 201) verdict.half.push(`${node}: ${attempt.name}@${attempt.version} again: ${status}`);
  });
}

/** By the commands that operators have: the chain holds, and each version was published once. */
async function auditProblems({ config }: Checked, attempts: Attempt[]): Promise<string[]> {
  const command = async (...words: string[]): Promise<string> => {
    const args = ["--conditions=source", MAIN, ...words, "--config", config];
    return (await run(process.execPath, args, { maxBuffer: OUTPUT_MAX })).stdout;
  };
  const chain = await command("audit", "verify").then(
    () => [],
    (error: unknown) => [String(error)],
  );
  const entry = z.object({ action: z.string(), subject: z.string() });
  const counts = new Map<string, number>();
  for (const line of (await command("audit", "export")).trim().split("\n")) {
    const { action, subject } = entry.parse(JSON.parse(line));
    if (action === "publish") counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  const miscounted = attempts.filter(({ name, version, acknowledged }) => {
    return acknowledged && counts.get(`${name}@${version}`) !== 1;
  });
  return [...chain, ...miscounted.map(({ name, version }) => `${name}@${version}: not one entry`)];
}

async function ask({ node, token }: AtNode, address: string): Promise<Response> {
  return await fetch(node + address, { headers: { authorization: `Bearer ${token}` } });
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

async function inParts<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
